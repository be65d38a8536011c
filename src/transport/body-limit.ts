import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { required } from '../required.ts';

/**
 * Refuses a body of more bytes. Yoga's own limit leads each body through a stream that counts it, which is half of what
 * the smallest request costs. Node.js holds a body to its `Content-Length`: only one without is counted here.
 *
 * A client that is still sending when its connection closes never sees the answer. So as many bytes again are read and
 * dropped, and beyond those the connection closes.
 */
export const bodyLimit = (limit: number): Plugin => ({
  onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
    const encoding = request.headers.get('content-encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') throw refusal(415, 'Content-Encoding: send the body uncompressed.');
    const length = request.headers.get('content-length');
    if (Number(length) > limit) throw tooLarge(limit, Number(length));
    if (length !== null || !requestParser || !request.body) return;
    setRequestParser(async (chunked) => {
      const { url, method, headers, signal } = chunked;
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      // `for await` is not used, because leaving it would close the connection before the answer is sent.
      const body = required(chunked.body)[Symbol.asyncIterator]();
      for (let part = await body.next(); !part.done; part = await body.next()) {
        bytes += part.value.byteLength;
        if (bytes <= limit) chunks.push(part.value);
        if (bytes > 2 * limit) break;
      }
      if (bytes > limit) throw tooLarge(limit, bytes);
      return requestParser(new fetchAPI.Request(url, { method, headers, signal, body: Buffer.concat(chunks) }));
    });
  },
});

const tooLarge = (limit: number, bytes: number) =>
  refusal(413, `The request's body is too large: send at most ${limit} bytes.`, bytes > 2 * limit);

const refusal = (status: number, message: string, close = false) =>
  new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST', http: { status, ...(close && { headers: { Connection: 'close' } }) } },
  });
