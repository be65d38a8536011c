import { backoff, pause } from '../backoff.ts';
import type { EventStream } from '../events/stream.ts';
import { ephemeralDocument, type EphemeralItem } from './document.ts';

/** The maximum of `ephemeral`. If more chats are on screen, those that were opened last are followed. */
const MOST = 50;
/**
 * Milliseconds for which changes are collected, so that chats that come on screen together, such as the rows of a list,
 * need one operation.
 */
const SETTLE_MS = 50;

interface OnScreenOptions {
  request: EventStream<unknown>['request'];
  /** The chats on screen that are chats of the user. */
  chatIds(): readonly string[];
  onItem(item: EphemeralItem): void;
}

/** Follows `ephemeral` for the chats on screen. */
export class OnScreen {
  readonly #options: OnScreenOptions;
  #followed = '';
  #stop = () => {};
  #refusals = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(options: OnScreenOptions) {
    this.#options = options;
  }

  /** Called when the chats on screen may have changed. */
  update(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#update(), SETTLE_MS);
  }

  /** The new operation begins before the old one ends, so that no event is missed in between. */
  #update(): void {
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

  /** The operation was refused, for example because a chat has ended meanwhile. */
  async #again(chatIds: readonly string[]): Promise<void> {
    const refused = chatIds.toSorted().join(' ');
    await pause(backoff(this.#refusals++));
    if (this.#followed !== refused) return;
    this.#followed = '';
    this.#update();
  }
}
