import { shownIn } from '../cache/answer.ts';

/** Maximum number of chats in one request, and minimum milliseconds between two requests. */
const MOST = 200;
const PAUSE_MS = 2_000;
/** In chats of more members nobody is shown what was delivered. */
const MEMBERS = 20;

interface DeliveriesOptions {
  viewerId(): string | undefined;
  memberCount(chatId: string): number;
  /** Sends the positions to the server. If it throws, the result is unknown. */
  tell(positions: readonly { chatId: string; position: number }[]): Promise<void>;
}

/** Reports to the server which messages of others have reached this device, by the stream or in a result. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** The newest message of each chat that has arrived, and the newest one that was reported. */
  readonly #arrived = new Map<string, number>();
  readonly #told = new Map<string, number>();
  #isLive = false;
  #isRunning = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Notes all messages of others that a result or an item shows. */
  arrived(shown: unknown): void {
    const viewerId = this.#options.viewerId();
    if (viewerId === undefined) return;
    for (const message of shownIn(shown).messages) {
      const { chatId, authorId, position } = message as { chatId?: string; authorId?: string; position?: number };
      if (chatId === undefined || authorId === undefined || position === undefined || authorId === viewerId) continue;
      if (position > (this.#arrived.get(chatId) ?? 0)) this.#arrived.set(chatId, position);
    }
    this.#start();
  }

  /** While the stream catches up, more messages of each chat are expected. */
  live(isLive: boolean): void {
    this.#isLive = isLive;
    this.#start();
  }

  #start(): void {
    if (this.#isRunning || !this.#isLive || this.#untold().length === 0) return;
    this.#isRunning = true;
    void this.#run().finally(() => (this.#isRunning = false));
  }

  async #run(): Promise<void> {
    for (let positions; this.#isLive && (positions = this.#untold()).length > 0;) {
      const isTold = await this.#options.tell(positions).then(
        () => true,
        () => false,
      );
      if (isTold) for (const { chatId, position } of positions) this.#told.set(chatId, position);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (!isTold) return; // it is reported with the next arrival, or when the stream is live again
    }
  }

  #untold(): { chatId: string; position: number }[] {
    return [...this.#arrived]
      .flatMap(([chatId, position]) => {
        const isTold = position <= (this.#told.get(chatId) ?? 0);
        return isTold || this.#options.memberCount(chatId) > MEMBERS ? [] : { chatId, position };
      })
      .slice(0, MOST);
  }
}
