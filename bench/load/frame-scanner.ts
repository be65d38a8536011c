const TEXT = 1;
const CLOSE = 8;
const PING = 9;

export interface FrameListener {
  /** Called when a text message is complete. Its payload is passed only while `reading`. */
  onText(payload: Buffer | null): void;
  onPing(payload: Buffer): void;
  onClose(payload: Buffer): void;
}

/**
 * Finds the ends of a WebSocket server's frames (RFC 6455, 5.2) by their lengths. It reads a payload only while
 * `reading`, so that it costs far less than the server under test.
 */
export class FrameScanner {
  /** Number of payload bytes of text messages so far. */
  bytes = 0;
  reading = true;
  readonly #listener: FrameListener;
  #headerBytes = 0;
  #lengthBytes = 0;
  #opcode = 0;
  #length = 0;
  #left = 0;
  #payload: Buffer | null = null;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  scan(chunk: Buffer, start: number, end: number): void {
    for (let at = start; at < end;) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, end - at);
        if (this.#payload) chunk.copy(this.#payload, this.#length - this.#left, at, at + step);
        this.#left -= step;
        at += step;
        if (this.#left === 0) this.#complete();
      } else {
        this.#header(chunk[at++]!);
      }
    }
  }

  #header(byte: number): void {
    if (this.#headerBytes++ === 0) {
      this.#opcode = byte & 0x0f;
    } else if (this.#headerBytes === 2) {
      this.#length = 0;
      this.#lengthBytes = byte < 126 ? 0 : byte === 126 ? 2 : 8;
      if (this.#lengthBytes === 0) this.#begin(byte);
    } else {
      this.#length = this.#length * 256 + byte;
      if (--this.#lengthBytes === 0) this.#begin(this.#length);
    }
  }

  #begin(length: number): void {
    this.#headerBytes = 0;
    this.#length = this.#left = length;
    this.#payload = this.reading || this.#opcode !== TEXT ? Buffer.allocUnsafe(length) : null;
    if (length === 0) this.#complete();
  }

  #complete(): void {
    const payload = this.#payload;
    this.#payload = null;
    if (this.#opcode === TEXT) {
      this.bytes += this.#length;
      this.#listener.onText(payload);
    } else if (payload && this.#opcode === PING) {
      this.#listener.onPing(payload);
    } else if (payload && this.#opcode === CLOSE) {
      this.#listener.onClose(payload);
    }
  }
}
