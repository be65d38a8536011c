import net from 'node:net';

export interface HttpRequest {
  path: string;
  headers?: Record<string, string>;
  body: unknown;
}

export interface HttpLoad {
  requests: number;
  seconds: number;
  /** The milliseconds of each request. */
  latencies: number[];
}

const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/** A kept connection on a `net` socket, with one request at a time. It costs far less than an HTTP library. */
class HttpConnection {
  readonly #socket: net.Socket;
  #received = Buffer.alloc(0);
  #resolve: (body: string) => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(port: number) {
    this.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#check();
    });
    this.#socket.on('error', (error) => this.#reject(error));
    this.#socket.on('close', () => this.#reject(new Error('The server closed the connection.')));
  }

  request({ path, headers = {}, body }: HttpRequest): Promise<string> {
    const payload = JSON.stringify(body);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(payload)}\r\n${lines.join('')}\r\n${payload}`,
    );
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  close(): void {
    this.#reject = () => {};
    this.#socket.destroy();
  }

  #check(): void {
    const end = this.#received.indexOf(END_OF_HEADERS);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const bodyAt = end + END_OF_HEADERS.length;
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    const complete =
      length === undefined
        ? this.#received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
        : this.#received.length === bodyAt + Number(length);
    if (!complete) return;
    const body = this.#received.toString('utf8', bodyAt);
    this.#received = Buffer.alloc(0);
    if (head.startsWith('HTTP/1.1 200')) this.#resolve(body);
    else this.#reject(new Error(`${head}\r\n\r\n${body}`));
  }
}

export interface HttpLoadOptions {
  port: number;
  /** Number of requests at once, each on a connection of its own. */
  concurrency: number;
  seconds: number;
  /** Returns the nth request of a connection. */
  request(connection: number, nth: number): HttpRequest;
  /** A text that every answer must contain. */
  expected: string;
}

/**
 * Sends requests for a time. Each connection sends its next request when it has the answer to the last one. Every
 * answer is checked.
 */
export async function httpLoad({ port, concurrency, seconds, request, expected }: HttpLoadOptions): Promise<HttpLoad> {
  const latencies: number[] = [];
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const connect = async (index: number) => {
    const connection = new HttpConnection(port);
    for (let nth = 0; performance.now() < end; nth++) {
      const sentAt = performance.now();
      const body = await connection.request(request(index, nth));
      latencies.push(performance.now() - sentAt);
      if (!body.includes(expected)) throw new Error(`No ${expected} in the answer: ${body.slice(0, 500)}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => connect(index)));
  return { requests: latencies.length, seconds: (performance.now() - begin) / 1000, latencies };
}
