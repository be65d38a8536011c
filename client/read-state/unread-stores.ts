import { createStore, watched, type Readable, type Store } from '../store.ts';
import { isExact, isUnread, isWhole, shown, summarise, type UnreadSummary, type ViewerState } from './unread.ts';
import type { ViewerStates } from './viewer-states.ts';

/** The unread state of a chat. */
export interface Unread extends ViewerState {
  /** Whether the chat has unread messages, or the user has marked it as unread. */
  readonly isUnread: boolean;
}

interface UnreadStoresOptions {
  states: ViewerStates;
  /** The ids of all chats of the user. */
  chatIds(): Iterable<string>;
  /** Called when something is watched that may have to be read. */
  onWanted(): void;
}

/** The stores that components watch: the unread state of each chat, and the summary. */
export class UnreadStores {
  readonly #options: UnreadStoresOptions;
  readonly #chats = new Map<string, { store: Store<Unread | undefined>; watchers: number }>();
  readonly #summary = createStore<UnreadSummary | undefined>(undefined);
  #summaryWatchers = 0;
  /** The user's chats are not known before the stream is live. */
  #knowsAllChats = false;
  readonly #absent = new Set<string>();

  constructor(options: UnreadStoresOptions) {
    this.#options = options;
  }

  /** The store of a chat. Its value is undefined while it is not known. */
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

  /** The chats that are watched and whose state is not known, or is outdated. */
  *wanted(): Iterable<string> {
    const chatIds = new Set([...this.#chats.keys(), ...(this.#summaryWatchers > 0 ? this.#options.chatIds() : [])]);
    for (const chatId of chatIds) if (this.isWatched(chatId) && this.#isLacking(chatId)) yield chatId;
  }

  /** Called with ids that were requested and are not chats of the user. */
  absent(chatIds: readonly string[]): void {
    for (const chatId of chatIds) this.#absent.add(chatId);
    this.#summarise();
  }

  /** Called when the stream is live: watched chats that were absent are requested again. */
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

  /** While the state of a chat is not known, the previous figures stay. */
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

/** Watchers are notified only if the value changes. */
function setIfOther<T>(store: Store<T>, value: T): void {
  if (JSON.stringify(value) !== JSON.stringify(store.getSnapshot())) store.set(value);
}
