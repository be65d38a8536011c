import { backoff, pause } from '../backoff.ts';
import type { EventStream } from '../events/stream.ts';
import { ephemeralDocument } from './documents.ts';
import type { EphemeralItem } from './receipts.ts';

/** As many chats as `ephemeral` takes. Of more those that were opened last are followed. */
const MOST = 50;

interface OnScreenOptions {
  request: EventStream<unknown>['request'];
  /** The chats on screen that are the user's. */
  chatIds(): readonly string[];
  onItem(item: EphemeralItem): void;
}

/** Follows `ephemeral` for the chats on screen. */
export class OnScreen {
  readonly #options: OnScreenOptions;
  #followed = '';
  #stop = () => {};
  #refusals = 0;

  constructor(options: OnScreenOptions) {
    this.#options = options;
  }

  /** What is on screen may have changed. A new operation begins before the old one ends, so that nothing is missed between. */
  update(): void {
    const chatIds = this.#options.chatIds().slice(-MOST);
    const wanted = chatIds.toSorted().join(' ');
    if (wanted === this.#followed) return;
    const stopBefore = this.#stop;
    this.#followed = wanted;
    this.#stop = wanted === '' ? () => {} : this.#follow(chatIds);
    stopBefore();
  }

  #follow(chatIds: readonly string[]): () => void {
    const again = () => void this.#again(chatIds);
    return this.#options.request(
      { query: ephemeralDocument, variables: { chatIds } },
      {
        next: ({ data }) => {
          const item = (data as { ephemeral?: EphemeralItem } | null | undefined)?.ephemeral;
          if (!item) return;
          this.#refusals = 0;
          this.#options.onItem(item);
        },
        error: again,
        complete: again,
      },
    );
  }

  /** It was refused, as where a chat has ended meanwhile. */
  async #again(chatIds: readonly string[]): Promise<void> {
    const refused = chatIds.toSorted().join(' ');
    await pause(backoff(this.#refusals++));
    if (this.#followed !== refused) return;
    this.#followed = '';
    this.update();
  }
}
