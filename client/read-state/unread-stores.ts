import { createStore, watched, type Readable, type Store } from '../store.ts';
import { isExact, isUnread, isWhole, shown, summarise, type UnreadSummary, type ViewerState } from './unread.ts';
import type { ViewerStates } from './viewer-states.ts';

/** What is unread in a chat. */
export interface Unread extends ViewerState {
  /** Whether the chat has unread messages, or the user has left it unread. */
  readonly isUnread: boolean;
}

interface UnreadStoresOptions {
  states: ViewerStates;
  /** All chats of the user. */
  chatIds(): Iterable<string>;
  /** Something is watched that may have to be read. */
  onWanted(): void;
}

/** What is unread, for those who watch it: in one chat, and in how many. */
export class UnreadStores {
  readonly #options: UnreadStoresOptions;
  readonly #chats = new Map<string, { store: Store<Unread | undefined>; watchers: number }>();
  readonly #summary = createStore<UnreadSummary | undefined>(undefined);
  #summaryWatchers = 0;
  /** Before the stream was live, nobody knows which chats there are. */
  #knowsAllChats = false;
  readonly #absent = new Set<string>();

  constructor(options: UnreadStoresOptions) {
    this.#options = options;
  }

  /** Undefined while it is not known. */
  of(chatId: string): Readable<Unread | undefined> {
    const chat = this.#chats.get(chatId) ?? { store: createStore(this.#unread(chatId)), watchers: 0 };
    this.#chats.set(chatId, chat);
    return watched(chat.store, (by) => {
      chat.watchers += by;
      this.#options.onWanted();
    });
  }

  readonly summary: Readable<UnreadSummary | undefined> = watched(this.#summary, (by) => {
    this.#summaryWatchers += by;
    this.#summarise();
    this.#options.onWanted();
  });

  isWatched(chatId: string): boolean {
    return this.#summaryWatchers > 0 || (this.#chats.get(chatId)?.watchers ?? 0) > 0;
  }

  /** Chats that are watched and not known, or no longer. */
  *wanted(): Iterable<string> {
    const chatIds = new Set([...this.#chats.keys(), ...(this.#summaryWatchers > 0 ? this.#options.chatIds() : [])]);
    for (const chatId of chatIds) if (this.isWatched(chatId) && this.#isLacking(chatId)) yield chatId;
  }

  /** These were asked for, and are no chats of the user's. */
  absent(chatIds: readonly string[]): void {
    for (const chatId of chatIds) this.#absent.add(chatId);
    this.#summarise();
  }

  /** The stream is live: what is watched is asked for again. */
  live(): void {
    this.#absent.clear();
    this.#knowsAllChats = true;
    this.#summarise();
  }

  changed(chatIds: ReadonlySet<string>): void {
    for (const chatId of chatIds) {
      this.#absent.delete(chatId);
      const chat = this.#chats.get(chatId);
      if (chat) setIfOther(chat.store, this.#unread(chatId));
    }
    if (chatIds.size > 0) this.#summarise();
  }

  #isLacking(chatId: string): boolean {
    const known = this.#options.states.get(chatId);
    return !this.#absent.has(chatId) && !(isExact(known) && known.state && isWhole(known.state));
  }

  #unread(chatId: string): Unread | undefined {
    const state = shown(this.#options.states.get(chatId));
    return state && { ...state, isUnread: isUnread(state) };
  }

  /** While some chat is not known, the last figures stay. */
  #summarise(): void {
    if (this.#summaryWatchers === 0 || !this.#knowsAllChats) return;
    const { states, chatIds } = this.#options;
    const all: ViewerState[] = [];
    for (const chatId of chatIds()) {
      const state = shown(states.get(chatId));
      if (state && isWhole(state)) all.push(state);
      else if (!this.#absent.has(chatId)) return;
    }
    setIfOther(this.#summary, summarise(all));
  }
}

/** Who watches is told of changes alone. */
function setIfOther<T>(store: Store<T>, value: T): void {
  if (JSON.stringify(value) !== JSON.stringify(store.getSnapshot())) store.set(value);
}
