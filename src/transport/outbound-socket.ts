import type { Socket } from 'node:net';
import { WebSocket } from 'ws';

/** Number of sockets that are flushed in a row before other work runs. */
const SLICE = 1_000;
/** A socket with more waiting bytes is congested, and a replay pauses. */
const LOW_WATER = 64 * 1024;
/** Milliseconds that a peer may take to answer a close. */
const CLOSE_TIMEOUT = 5_000;

type Message = Parameters<WebSocket['send']>[0];
type Done = (error?: Error) => void;

let dirty: OutboundSocket[] = [];

/** All frames of one tick are written to a socket at once. */
function flushSlice(): void {
  const slice = dirty.slice(0, SLICE);
  dirty = dirty.slice(SLICE);
  if (dirty.length > 0) setImmediate(flushSlice);
  for (const socket of slice) socket.flush();
}

/**
 * A WebSocket that also takes serialised text, which is written to many sockets without `ws`. It needs a connection
 * without compression, which is all that the server negotiates.
 */
export class OutboundSocket extends WebSocket {
  /** With more waiting bytes the socket is closed, and its client reconnects. */
  maxBufferedBytes = Number.POSITIVE_INFINITY;
  /** The live operations that write to this socket. */
  readonly operations = new Set<{ end(): void }>();
  /** Queries and mutations that are running. */
  readonly executions = new Set<Promise<unknown>>();
  #socket: Socket | undefined;
  /** Frames as one-byte characters. */
  #pending = '';
  #drained: Promise<void> | undefined;

  attach(socket: Socket): void {
    this.#socket = socket;
  }

  /** Sends a text message. Its parts are strings of one-byte characters that hold bytes of UTF-8. */
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

  /** Whether more bytes than `LOW_WATER` wait. */
  get isCongested(): boolean {
    return this.#pending.length + (this.#socket?.writableLength ?? 0) >= LOW_WATER;
  }

  /** Resolves when the peer has taken most of what was sent, or is gone. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (!socket || !this.isCongested) return;
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

  // Frames that wait are written first, so that messages keep their order.
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
    // Its streams end at once, because the peer may be slow to answer the close.
    for (const operation of this.operations) operation.end();
  }

  #checkBuffer(): void {
    if (this.readyState !== WebSocket.OPEN || this.bufferedAmount <= this.maxBufferedBytes) return;
    this.close(1013, 'Too slow: come back and resume');
  }
}

/** The header of a final, unmasked text frame (RFC 6455, 5.2). */
function frameHeader(length: number): string {
  if (length < 126) return String.fromCharCode(0x81, length);
  if (length < 65_536) return String.fromCharCode(0x81, 126, length >> 8, length & 255);
  const low = length >>> 0;
  return String.fromCharCode(0x81, 127, 0, 0, 0, 0, low >>> 24, (low >> 16) & 255, (low >> 8) & 255, low & 255);
}
