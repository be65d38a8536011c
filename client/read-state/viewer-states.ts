import { shownIn } from '../cache/answer.ts';
import type { AppliedItem } from '../cache/applied.ts';
import { endedChat } from '../cache/endings.ts';
import { rewrite } from '../cache/rewrite.ts';
import { isKnown } from '../cache/stale.ts';
import {
  forgotten,
  happened,
  nothingKnown,
  shown,
  told,
  wasLeftUnread,
  type ChatUnread,
  type ViewerState,
} from './unread.ts';

interface ViewerStatesOptions {
  viewerId(): string | undefined;
  /** The user has left the chat unread, on this device or another. */
  onLeftUnread(chatId: string): void;
}

/** The viewer's own view of every chat, kept in step by the stream and by every answer that shows a `viewerState`. */
export class ViewerStates {
  readonly #options: ViewerStatesOptions;
  readonly #chats = new Map<string, ChatUnread>();
  readonly #memberCounts = new Map<string, number>();
  #changed = new Set<string>();
  /** How often all was forgotten: what was asked for before that is of no use. */
  epoch = 0;

  constructor(options: ViewerStatesOptions) {
    this.#options = options;
  }

  get(chatId: string): ChatUnread {
    return this.#chats.get(chatId) ?? nothingKnown;
  }

  /** How many members the chat had when an answer said so last. */
  memberCount(chatId: string): number {
    return this.#memberCounts.get(chatId) ?? 0;
  }

  /** Those that have changed since the last call. */
  takeChanged(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  apply(item: AppliedItem): void {
    const { __typename, chatId, version } = item;
    if (changesAll(item)) return this.#forgetAll();
    const { chats, viewerStates } = shownIn(item);
    for (const chat of chats) this.#note(chat);
    const [state] = viewerStates;
    if (chatId === undefined) return;
    if (endedChat(item, this.#options.viewerId()) !== undefined) return this.#end(chatId);
    const beginsAnew = __typename === 'ChatAdded' || __typename === 'ChatReset';
    if (state) this.#tell(state, beginsAnew);
    else if (beginsAnew) this.#set(chatId, { ...forgotten(this.get(chatId)), later: nothingKnown.later });
    else if (version === undefined) this.#set(chatId, happened(this.get(chatId), item, this.#options.viewerId()));
  }

  /** An answer came to what was asked for in this epoch. */
  answered(answer: unknown, epoch = this.epoch): void {
    if (epoch !== this.epoch) return;
    const { chats, viewerStates } = shownIn(answer);
    for (const chat of chats) this.#note(chat);
    for (const state of viewerStates) this.#tell(state);
  }

  /** The answer with the newest of what it shows, as far as that is known. */
  newest<T>(answer: T): T {
    return rewrite(answer, (object) => {
      const { __typename, chatId } = object as { __typename?: string; chatId?: string };
      const known = __typename === 'ViewerChatState' && chatId !== undefined ? this.get(chatId) : nothingKnown;
      const state = known.isOutdated ? undefined : shown(known);
      return state ? pick(state, object) : object;
    });
  }

  /** The user has read up to here, and the server is about to be told; 0: no longer. */
  setReading(chatId: string, reading: number): void {
    const known = this.get(chatId);
    if (known.reading !== reading) this.#set(chatId, { ...known, reading });
  }

  #tell(state: ViewerState, beginsAnew = false): void {
    const known = this.get(state.chatId);
    const next = told(known, state, beginsAnew);
    this.#set(state.chatId, next);
    if (next !== known && wasLeftUnread(known, state)) this.#options.onLeftUnread(state.chatId);
  }

  #note({ id, memberCount }: { id: string; memberCount?: number }): void {
    if (memberCount !== undefined) this.#memberCounts.set(id, memberCount);
  }

  #forgetAll(): void {
    this.epoch += 1;
    for (const [chatId, known] of this.#chats) this.#set(chatId, forgotten(known));
  }

  #end(chatId: string): void {
    this.#chats.delete(chatId);
    this.#memberCounts.delete(chatId);
    this.#changed.add(chatId);
  }

  #set(chatId: string, next: ChatUnread): void {
    if (next === this.get(chatId)) return;
    this.#chats.set(chatId, next);
    this.#changed.add(chatId);
  }
}

/** Whether the state of any chat may be another one: many chats follow a setting, and nobody knows what an unknown item changes. */
const changesAll = (item: AppliedItem): boolean =>
  item.__typename === 'ViewerStateReset' ||
  item.__typename === 'ViewerSettingsChanged' ||
  (item.version !== undefined && !isKnown(item));

/** Those fields of the state that the object has. */
export function pick(state: ViewerState, object: object): object {
  const known: Record<string, unknown> = { ...state };
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, key in known ? known[key] : value]));
}
