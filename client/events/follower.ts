import type { StreamItemLike } from './items.ts';
import { Positions, type ChatPosition } from './positions.ts';
import { Recent } from './recent.ts';

export interface FollowerOptions<Item> {
  positions?: readonly ChatPosition[] | undefined;
  viewerId(): string | undefined;
  /** Bring the cache up to date. An item may come again after others: applying must not depend on it being new. */
  apply(items: readonly Item[]): void;
  /** Tell the app: each item once. */
  announce(item: Item): void;
}

/** Follows the logs of all chats: each item once, in order, none missing. Knows nothing of sockets. */
export class Follower<Item extends StreamItemLike> {
  readonly positions: Positions;
  readonly #options: FollowerOptions<Item>;
  readonly #recent = new Recent<Item>();
  /** Of chats that were rewound: how far the app was already told. */
  readonly #told = new Map<string, number>();
  #lastGap: string | undefined;

  constructor(options: FollowerOptions<Item>) {
    this.#options = options;
    this.positions = new Positions(options.positions);
  }

  /** Returns false when one is missing before the next of these: the stream is then to be asked for anew. */
  take(items: readonly Item[]): boolean {
    const fresh: Item[] = [];
    let whole = true;
    for (const item of items) {
      const step = this.#step(item);
      whole = step !== 'gap';
      if (!whole) break;
      if (step === 'forward') fresh.push(item);
    }
    if (fresh.length > 0) this.#options.apply(fresh);
    for (const item of fresh) if (!this.#wasTold(item)) this.#options.announce(item);
    return whole;
  }

  /**
   * An answer showed this chat as it was at `position`. The first that is heard of a chat is where its log is followed
   * from. If the log is known further than that, the answer lacks what followed, which is applied once more.
   * Returns false when that is no longer at hand: the stream is then to be asked for anew, from there.
   */
  read(chatId: string, position: number): boolean {
    const ending = this.#recent.endingAfter(chatId, position);
    const known = this.positions.get(chatId);
    if (ending) {
      this.#options.apply([ending]);
      return true;
    }
    if (known === undefined) this.positions.set(chatId, position);
    if (known === undefined || known <= position) return true;
    const items = this.#recent.between(chatId, position, known);
    if (items) {
      this.#options.apply(items);
      return true;
    }
    this.#told.set(chatId, Math.max(known, this.#told.get(chatId) ?? 0));
    this.positions.set(chatId, position);
    return false;
  }

  #step(item: Item): 'forward' | 'seen' | 'gap' {
    const { chatId, position = 0 } = item;
    if (chatId === undefined) return 'forward'; // CaughtUp, and what may join the API later
    if (this.#ends(item)) {
      this.positions.delete(chatId);
      this.#recent.end(chatId, item);
      return 'forward';
    }
    if (item.__typename === 'ChatAdded' || item.__typename === 'ChatReset') {
      this.positions.set(chatId, position);
      this.#recent.forget(chatId);
      return 'forward';
    }
    const known = this.positions.get(chatId);
    if (known !== undefined && position <= known) return 'seen';
    if (known !== undefined && position > known + 1 && !this.#gapStays(chatId, known)) return 'gap';
    this.positions.set(chatId, position);
    this.#recent.add(item);
    return 'forward';
  }

  #ends(item: Item): boolean {
    if (item.__typename === 'MemberRemoved') return item.user?.id === this.#options.viewerId();
    return item.__typename === 'ChatDeleted' || item.__typename === 'ChatGone';
  }

  /** A gap that the server answers a second time is how its log is; asking for ever would help nobody. */
  #gapStays(chatId: string, known: number): boolean {
    const gap = `${chatId} ${known}`;
    const again = this.#lastGap === gap;
    this.#lastGap = gap;
    return again;
  }

  #wasTold({ chatId, position }: Item): boolean {
    const told = chatId === undefined ? undefined : this.#told.get(chatId);
    return told !== undefined && position !== undefined && position <= told;
  }
}
