import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

/** Sockets flushed in a row before other work gets its turn. */
const SLICE = 1_000;
/** Bytes that may wait in a socket while a replay goes on. */
const LOW_WATER = 64 * 1024;
/** Milliseconds that a peer may take to answer a close. */
const CLOSE_TIMEOUT = 5_000;

type Message = Parameters<WebSocket['send']>[0];
type Done = (error?: Error) => void;

let dirty: OutboundSocket[] = [];

/** What one tick brought to a socket leaves in one write. */
function flushSlice(): void {
  const slice = dirty.slice(0, SLICE);
  dirty = dirty.slice(SLICE);
  if (dirty.length > 0) setImmediate(flushSlice);
  for (const socket of slice) socket.flush();
}

/**
 * A WebSocket that also takes ready text: serialised once, and written to many sockets past `ws`. It needs a connection
 * without compression, which is all that the server negotiates.
 */
export class OutboundSocket extends WebSocket {
  /** Bytes that may wait before the socket is closed, to come back later. */
  maxBufferedBytes = Number.POSITIVE_INFINITY;
  /** The live operations that write here. */
  readonly operations = new Set<{ end(): void }>();
  /** Queries and mutations that are under way. */
  readonly executions = new Set<Promise<unknown>>();
  #socket: Socket | undefined;
  /** Frames as one-byte characters. */
  #pending = '';
  #drained: Promise<void> | undefined;

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  /** Sends a text message made of parts that are UTF-8 bytes as one-byte characters. */
  sendReady(head: string, body: string, tail: string): void {
    if (this.readyState !== WebSocket.OPEN) return;
    if (this.#pending === '' && dirty.push(this) === 1) setImmediate(flushSlice);
    this.#pending += frameHeader(head.length + body.length + tail.length) + head + body + tail;
  }

  flush(): void {
    const bytes = this.#pending;
    if (bytes === '') return;
    this.#pending = '';
    if (this.readyState !== WebSocket.OPEN) return;
    this.#socket?.write(bytes, 'latin1');
    this.#checkBuffer();
  }

  /** Resolves when the peer has taken most of what was sent, or is gone. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (!socket || this.#pending.length + socket.writableLength < LOW_WATER) return;
    this.flush();
    if (this.readyState !== WebSocket.OPEN || socket.writableLength < LOW_WATER) return;
    this.#drained ??= new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        this.#drained = undefined;
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
    await this.#drained;
  }

  // What was ready before leaves before: messages of one socket keep their order.
  override send(data: Message, done?: Done): void;
  override send(data: Message, options: object, done?: Done): void;
  override send(data: Message, options?: object | Done, done?: Done): void {
    this.flush();
    if (typeof options === 'object') super.send(data, options, done);
    else super.send(data, options);
    this.#checkBuffer();
  }

  override close(code?: number, reason?: string): void {
    if (this.readyState !== WebSocket.OPEN) return super.close(code, reason);
    this.flush();
    super.close(code, reason);
    const timer = setTimeout(() => this.terminate(), CLOSE_TIMEOUT);
    this.once('close', () => clearTimeout(timer));
    // Its streams end now: the peer may take its time to answer.
    for (const operation of this.operations) operation.end();
  }

  #checkBuffer(): void {
    if (this.readyState !== WebSocket.OPEN || this.bufferedAmount <= this.maxBufferedBytes) return;
    this.close(1013, 'Too slow: come back and resume');
  }
}

/** Of a final, unmasked text frame (RFC 6455, 5.2). */
function frameHeader(length: number): string {
  if (length < 126) return String.fromCharCode(0x81, length);
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >> 8, length & 255);
  const low = length >>> 0;
  return String.fromCharCode(0x81, 127, 0, 0, 0, 0, low >>> 24, (low >> 16) & 255, (low >> 8) & 255, low & 255);
}
