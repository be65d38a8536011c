import { randomBytes, randomUUID } from 'node:crypto';
import net from 'node:net';
import { FrameScanner, type FrameListener } from './frame-scanner.ts';

export interface LiveOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** A message of the graphql-transport-ws protocol. */
interface ServerMessage {
  type: string;
  id?: string;
  payload?: unknown;
}

const TEXT = 0x81;
const PONG = 0x8a;

/** All sockets read into this buffer. It is scanned before the next read. */
const shared = Buffer.allocUnsafe(256 * 1024);

/**
 * A client with one subscription, on a `net` socket. A WebSocket library would be slower than the servers under test.
 */
export class SubscriberSocket implements FrameListener {
  /** Number of text messages since the subscription began. */
  received = 0;
  readonly scanner = new FrameScanner(this);
  /** Called for each message of the subscription, with its text while the scanner is reading. */
  onMessage: (socket: SubscriberSocket, payload: Buffer | null) => void = () => {};
  readonly #socket: net.Socket;
  readonly #operation: LiveOperation;
  #handshake: string | null = '';
  /** Set until the connection is acknowledged. Later messages belong to the subscription. */
  #admitted: (() => void) | null = null;
  #failed: (error: Error) => void = () => {};
  #closing = false;

  private constructor(port: number, token: string, operation: LiveOperation) {
    this.#operation = operation;
    this.#socket = net.connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          try {
            this.#read(length);
          } catch (error) {
            this.#failed(error as Error);
          }
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on(
      'close',
      () => this.#closing || this.#failed(new Error('The server closed a subscriber’s socket.')),
    );
    this.#socket.write(
      `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    this.#send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  }

  /** Resolves when the server has acknowledged the connection and the subscription has been sent. */
  static async open(
    port: number,
    token: string,
    operation: LiveOperation,
    onFailed: (error: Error) => void,
  ): Promise<SubscriberSocket> {
    const socket = new SubscriberSocket(port, token, operation);
    await new Promise<void>((resolve, reject) => {
      socket.#admitted = resolve;
      socket.#failed = reject;
    });
    socket.#failed = onFailed;
    return socket;
  }

  close(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  onText(payload: Buffer | null): void {
    if (this.#admitted) return this.#subscribe(JSON.parse(String(payload)) as ServerMessage, this.#admitted);
    this.received++;
    this.onMessage(this, payload);
  }

  onPing(payload: Buffer): void {
    this.#write(PONG, payload);
  }

  onClose(payload: Buffer): void {
    const code = payload.length >= 2 ? payload.readUInt16BE() : 'no code';
    this.#failed(new Error(`The server closed a subscriber: ${code} ${payload.toString('utf8', 2)}`));
  }

  #read(length: number): void {
    if (this.#handshake === null) return this.scanner.scan(shared, 0, length);
    this.#handshake += shared.toString('latin1', 0, length);
    const end = this.#handshake.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (!this.#handshake.startsWith('HTTP/1.1 101')) return this.#failed(new Error(this.#handshake));
    const rest = Buffer.from(this.#handshake.slice(end + 4), 'latin1');
    this.#handshake = null;
    this.scanner.scan(rest, 0, rest.length);
  }

  #subscribe({ type }: ServerMessage, admitted: () => void): void {
    if (type !== 'connection_ack') return this.#failed(new Error(`${type} instead of connection_ack`));
    this.#admitted = null;
    // Operations are named as the client of graphql-ws names them, so no two subscribers share an id.
    this.#send({ id: randomUUID(), type: 'subscribe', payload: this.#operation });
    admitted();
  }

  #send(message: ServerMessage): void {
    this.#write(TEXT, Buffer.from(JSON.stringify(message)));
  }

  /** Writes a masked frame, as clients must. A mask of zeros leaves the payload as it is. */
  #write(head: number, payload: Buffer): void {
    const { length } = payload;
    const header =
      length < 126 ? Buffer.from([head, 0x80 | length]) : Buffer.from([head, 0x80 | 126, length >> 8, length & 255]);
    this.#socket.write(Buffer.concat([header, Buffer.alloc(4), payload]));
  }
}
