import type { AppliedItem } from '../cache/applied.ts';
import type { EphemeralItem } from '../ephemeral/document.ts';
import { createStore, watched, type Readable, type Store } from '../store.ts';
import { mergeReceipts, type ReadReceipt } from './status.ts';

/** How far the members of chats are. It needs a stream that runs. */
export interface Receipts {
  /** In the order of their joining, none in a chat of more than 100 members; undefined while they are not known. */
  of(chatId: string): Readable<readonly ReadReceipt[] | undefined>;
}

interface WatchedChat {
  readonly store: Store<readonly ReadReceipt[] | undefined>;
  /** The highest that was told of each user, by an answer or an event, whichever came first. */
  readonly highest: Map<string, ReadReceipt>;
  /** As an answer listed them; undefined before the first. */
  members: readonly string[] | undefined;
  watchers: number;
  /** How often something may have been lost; 0: what is known is whole. */
  lost: number;
}

/** The receipts of the chats on screen: read once, and then followed. What comes may be lost, doubled or late: they only rise. */
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
      // What happens while nobody looks is not heard.
      if (chat.watchers === 0) chat.lost += 1;
      this.#onWatched();
    });
  }

  /** The chats on screen, those that were opened last at the end. */
  watched(): string[] {
    return [...this.#chats].flatMap(([chatId, { watchers }]) => (watchers > 0 ? chatId : []));
  }

  /** Those of them that have to be read. */
  wanted(): string[] {
    return this.watched().filter((chatId) => this.#chats.get(chatId)?.lost !== 0);
  }

  /** Something may have been lost, in one chat or in all. */
  mayLack(chatId?: string): void {
    const chats = chatId === undefined ? this.#chats.values() : [this.#chats.get(chatId)];
    for (const chat of chats) if (chat) chat.lost += 1;
    this.#onWatched();
  }

  /** To be called before they are read; what it answers takes what was read, undefined for what is no chat of the user's. */
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

  /** Who is a member changes whose receipts there are. */
  apply({ __typename = '', chatId = '' }: AppliedItem): void {
    if (!CHANGING.includes(__typename) || !this.#chats.has(chatId)) return;
    if (__typename === 'ChatReset') this.#chats.get(chatId)?.highest.clear(); // a restored server may know less
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
