import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Refuses a body of more bytes. Yoga's own limit leads each body through a stream that counts it, which is half of what
 * the smallest request costs. Node.js holds a body to its `Content-Length`: only one without is counted here.
 */
export const bodyLimit = (limit: number): Plugin => ({
  onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
    const length = request.headers.get('content-length');
    if (Number(length) > limit) throw tooLarge(limit);
    if (length !== null || !requestParser || !request.body) return;
    setRequestParser(async (chunked) => {
      const { url, method, headers, signal } = chunked;
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of chunked.body!) {
        bytes += chunk.byteLength;
        // Read to its end, without being kept: who is still sending when a connection closes never sees the answer.
        if (bytes <= limit) chunks.push(chunk);
      }
      if (bytes > limit) throw tooLarge(limit);
      return requestParser(new fetchAPI.Request(url, { method, headers, signal, body: Buffer.concat(chunks) }));
    });
  },
});

const tooLarge = (limit: number) =>
  new GraphQLError(`The request's body is too large: send at most ${limit} bytes.`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 413 } },
  });
