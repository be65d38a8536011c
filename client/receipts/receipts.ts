import type { AppliedItem } from '../cache/applied.ts';
import type { EphemeralItem } from '../ephemeral/document.ts';
import { createStore, watched, type Readable, type Store } from '../store.ts';
import { mergeReceipts, type ReadReceipt } from './status.ts';

/** The receipts of chats. They need a running stream. */
export interface Receipts {
  /**
   * The receipts of a chat in the order of joining. They are undefined while they are not known, and empty in a chat of
   * more than 100 members.
   */
  of(chatId: string): Readable<readonly ReadReceipt[] | undefined>;
}

interface WatchedChat {
  readonly store: Store<readonly ReadReceipt[] | undefined>;
  /** The highest positions received for each user, from a query or an event. */
  readonly highest: Map<string, ReadReceipt>;
  /** The members in the order of the last query; undefined before the first. */
  members: readonly string[] | undefined;
  watchers: number;
  /** Counts the times at which events may have been lost; 0 means that the receipts are complete. */
  lost: number;
}

/**
 * The receipts of chats on screen. They are read once and then follow events, which may be lost, repeated or late.
 * Positions only rise.
 */
export class ReceiptStores implements Receipts {
  readonly #chats = new Map<string, WatchedChat>();
  readonly #onWatched: () => void;

  constructor(onWatched: () => void) {
    this.#onWatched = onWatched;
  }

  of(chatId: string): Readable<readonly ReadReceipt[] | undefined> {
    const chat = this.#chats.get(chatId) ?? nobodyKnown();
    this.#chats.set(chatId, chat);
    return watched(chat.store, (by) => {
      chat.watchers += by;
      // Events are not received while nobody watches.
      if (chat.watchers === 0) chat.lost += 1;
      this.#onWatched();
    });
  }

  /** The chats on screen. Those that were opened last are at the end. */
  watched(): string[] {
    return [...this.#chats].flatMap(([chatId, { watchers }]) => (watchers > 0 ? chatId : []));
  }

  /** The chats on screen whose receipts have to be read. */
  wanted(): string[] {
    return this.watched().filter((chatId) => this.#chats.get(chatId)?.lost !== 0);
  }

  /** Called when events may have been lost, in one chat or in all. */
  mayLack(chatId?: string): void {
    const chats = chatId === undefined ? this.#chats.values() : [this.#chats.get(chatId)];
    for (const chat of chats) if (chat) chat.lost += 1;
    this.#onWatched();
  }

  /**
   * Call it before receipts are read. The returned function takes the result, in which chats that are not the user's
   * are undefined.
   */
  reading(chatIds: readonly string[]): (receipts: ReadonlyMap<string, readonly ReadReceipt[]>) => void {
    const lost = new Map(chatIds.map((chatId) => [chatId, this.#chats.get(chatId)?.lost]));
    return (read) => {
      for (const [chatId, lostBefore] of lost) {
        const chat = this.#chats.get(chatId);
        if (!chat) continue;
        if (chat.lost === lostBefore) chat.lost = 0;
        const receipts = read.get(chatId);
        chat.members = receipts?.map(({ userId }) => userId);
        keep(chat, receipts);
      }
    };
  }

  rose({ chatId = '', receipts = [] }: EphemeralItem): void {
    const chat = this.#chats.get(chatId);
    if (chat) keep(chat, receipts);
  }

  /** When members change, so do the members with receipts. */
  apply({ __typename = '', chatId = '' }: AppliedItem): void {
    if (!CHANGING.includes(__typename) || !this.#chats.has(chatId)) return;
    if (__typename === 'ChatReset') this.#chats.get(chatId)?.highest.clear(); // a restored server may have lower positions
    this.mayLack(chatId);
  }
}

const CHANGING = ['MemberAdded', 'MemberRemoved', 'ChatAdded', 'ChatReset'];

const nobodyKnown = (): WatchedChat => ({
  store: createStore<readonly ReadReceipt[] | undefined>(undefined),
  highest: new Map(),
  members: undefined,
  watchers: 0,
  lost: 1,
});

function keep({ store, highest, members }: WatchedChat, receipts: readonly ReadReceipt[] = []): void {
  for (const receipt of receipts) {
    highest.set(receipt.userId, mergeReceipts(highest.get(receipt.userId), receipt));
  }
  store.set(members?.flatMap((userId) => highest.get(userId) ?? []));
}
