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
  /** Called when the user has marked the chat as unread, on this device or another. */
  onLeftUnread(chatId: string): void;
}

/**
 * The viewer states of all chats. They are kept up to date by the stream and by every result that shows a
 * `viewerState`.
 */
export class ViewerStates {
  readonly #options: ViewerStatesOptions;
  readonly #chats = new Map<string, ChatUnread>();
  readonly #memberCounts = new Map<string, number>();
  #changed = new Set<string>();
  /** Rises when all states are forgotten. Results that were requested before are then ignored. */
  epoch = 0;

  constructor(options: ViewerStatesOptions) {
    this.#options = options;
  }

  get(chatId: string): ChatUnread {
    return this.#chats.get(chatId) ?? nothingKnown;
  }

  /** The number of members by the newest result that showed it. */
  memberCount(chatId: string): number {
    return this.#memberCounts.get(chatId) ?? 0;
  }

  /** Returns the chats that have changed since the last call. */
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

  /** Applies a result that was requested in this epoch. */
  answered(answer: unknown, epoch = this.epoch): void {
    if (epoch !== this.epoch) return;
    const { chats, viewerStates } = shownIn(answer);
    for (const chat of chats) this.#note(chat);
    for (const state of viewerStates) this.#tell(state);
  }

  /** Returns the result with the newest known viewer states. */
  newest<T>(answer: T): T {
    return rewrite(answer, (object) => {
      const { __typename, chatId } = object as { __typename?: string; chatId?: string };
      const known = __typename === 'ViewerChatState' && chatId !== undefined ? this.get(chatId) : nothingKnown;
      const state = known.isOutdated ? undefined : shown(known);
      return state ? pick(state, object) : object;
    });
  }

  /** Sets the position up to which the user has read, while the server has not confirmed it. 0 removes it. */
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

/**
 * Whether an item may change the state of any chat: many chats follow a setting, and the changes of an unknown item are
 * not known.
 */
const changesAll = (item: AppliedItem): boolean =>
  item.__typename === 'ViewerStateReset' ||
  item.__typename === 'ViewerSettingsChanged' ||
  (item.version !== undefined && !isKnown(item));

/** The fields of the state that the object has. */
export function pick(state: ViewerState, object: object): object {
  const known: Record<string, unknown> = { ...state };
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, key in known ? known[key] : value]));
}
