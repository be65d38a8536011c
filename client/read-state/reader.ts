import { backoff, pause } from '../backoff.ts';

interface ReaderOptions {
  /** The chats that have to be read now. */
  wanted(): Iterable<string>;
  /** Reads some of them. Throws if they could not be read. */
  read(chatIds: readonly string[]): Promise<void>;
  /** Maximum number of chats in one request. */
  page: number;
}

/**
 * Reads unread states that the stream does not contain: one request after another, as long as some are wanted and the
 * stream is live. While it catches up, the stream may still bring them.
 */
export class Reader {
  readonly #options: ReaderOptions;
  #isLive = false;
  #isRunning = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Called when the stream becomes live, and when it no longer is. */
  live(isLive: boolean): void {
    this.#isLive = isLive;
    this.wake();
  }

  /** Called when something may be wanted. What is wanted at the same moment is read in one request. */
  wake(): void {
    if (this.#isRunning || !this.#isLive) return;
    this.#isRunning = true;
    setTimeout(() => void this.#run());
  }

  async #run(): Promise<void> {
    for (let attempt = 0; this.#isLive;) {
      const chatIds = [...this.#options.wanted()].slice(0, this.#options.page);
      if (chatIds.length === 0) break;
      try {
        await this.#options.read(chatIds);
        attempt = 0;
      } catch {
        await pause(backoff(attempt++));
      }
    }
    this.#isRunning = false;
  }
}
