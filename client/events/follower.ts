import { endedChat } from '../cache/endings.ts';
import type { StreamItemLike } from './items.ts';
import { Positions, type KeptPositions } from './positions.ts';
import { Recent } from './recent.ts';

export interface FollowerOptions<Item> {
  positions?: KeptPositions | undefined;
  viewerId(): string | undefined;
  /**
   * Updates the cache. An item may be applied again after later ones, so applying must not depend on the item being
   * new.
   */
  apply(items: readonly Item[]): void;
  /** Reports an item to the app. It is called once for each item. */
  announce(item: Item): void;
}

/**
 * Follows the logs of all chats, so that each item is applied in order, once, with none missing. It does not know
 * sockets.
 */
export class Follower<Item extends StreamItemLike> {
  readonly positions: Positions;
  readonly #options: FollowerOptions<Item>;
  readonly #recent = new Recent<Item>();
  /** For chats that were rewound: the position up to which items have been announced to the app. */
  readonly #announcedUpTo = new Map<string, number>();
  #lastGap: string | undefined;

  constructor(options: FollowerOptions<Item>) {
    this.#options = options;
    this.positions = new Positions(options.positions);
  }

  /** Returns false if an event before one of these items is missing. Then the stream has to be requested again. */
  receive(items: readonly Item[]): boolean {
    const fresh: Item[] = [];
    let whole = true;
    for (const item of items) {
      const step = this.#step(item);
      whole = step !== 'gap';
      if (!whole) break;
      if (step === 'forward') fresh.push(item);
    }
    if (fresh.length > 0) this.#options.apply(fresh);
    for (const item of fresh) if (!this.#wasAnnounced(item)) this.#options.announce(item);
    return whole;
  }

  /**
   * Call when a query result showed the chat as of `position`. An unknown chat is followed from there. If the chat was
   * already followed further, the result is older than the cache, and the kept events after `position` are applied again.
   * Returns false if they are no longer kept: request the stream again.
   */
  resultRead(chatId: string, position: number): boolean {
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
    this.#announcedUpTo.set(chatId, Math.max(known, this.#announcedUpTo.get(chatId) ?? 0));
    this.positions.set(chatId, position);
    return false;
  }

  #step(item: Item): 'forward' | 'seen' | 'gap' {
    const { chatId, position, version, viewerStateVersion } = item;
    if (viewerStateVersion !== undefined) this.#reach(viewerStateVersion);
    // Viewer state has a version and no position, even if it is about a chat.
    if (version !== undefined) return this.#stepOfViewer(version);
    if (chatId === undefined) return 'forward'; // such as CaughtUp
    if (endedChat(item, this.#options.viewerId()) !== undefined) {
      this.positions.delete(chatId);
      this.#recent.end(chatId, item);
      return 'forward';
    }
    if (position === undefined) return 'forward'; // it is about a chat, but not in its log
    const known = this.positions.get(chatId);
    if (item.__typename === 'ChatAdded' || item.__typename === 'ChatReset') {
      // A result has shown the chat at an earlier position. The events in between are requested again, because the item
      // does not contain them.
      const behind = item.__typename === 'ChatAdded' && known !== undefined && known < position;
      if (behind && !this.#gapStays(chatId, known)) return 'gap';
      this.positions.set(chatId, position);
      this.#recent.forget(chatId);
      return 'forward';
    }
    if (known !== undefined && position <= known) return 'seen';
    if (known !== undefined && position > known + 1 && !this.#gapStays(chatId, known)) return 'gap';
    this.positions.set(chatId, position);
    this.#recent.add(item);
    return 'forward';
  }

  /** Version 0 is a reset: all viewer state follows. */
  #stepOfViewer(version: number): 'forward' | 'seen' {
    if (version === 0) this.positions.viewerStateVersion = 0;
    else if (version <= this.positions.viewerStateVersion) return 'seen';
    this.#reach(version);
    return 'forward';
  }

  #reach(version: number): void {
    this.positions.viewerStateVersion = Math.max(version, this.positions.viewerStateVersion);
  }

  /** If the server sends the same gap a second time, the log has it. Accept it; asking again would loop. */
  #gapStays(chatId: string, known: number): boolean {
    const gap = `${chatId} ${known}`;
    const again = this.#lastGap === gap;
    this.#lastGap = gap;
    return again;
  }

  #wasAnnounced({ chatId, position }: Item): boolean {
    const told = chatId === undefined ? undefined : this.#announcedUpTo.get(chatId);
    return told !== undefined && position !== undefined && position <= told;
  }
}
