import { backoff, pause } from '../backoff.ts';

interface ReaderOptions {
  /** The chats that have to be read now. */
  wanted(): Iterable<string>;
  /** Reads some of them. A throw means that they could not be read. */
  read(chatIds: readonly string[]): Promise<void>;
  /** So many at most. */
  page: number;
}

/**
 * Reads of chats what the stream does not tell: one request after another, as long as something is wanted and the stream is
 * live. What is on its way in the stream need not be asked for.
 */
export class Reader {
  readonly #options: ReaderOptions;
  #isLive = false;
  #isRunning = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** The stream is live, or no longer. */
  live(isLive: boolean): void {
    this.#isLive = isLive;
    this.wake();
  }

  /** Something may be wanted. What is in the same moment goes together. */
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
