import { isKnown } from '../cache/stale.ts';
import type { AppliedItem } from '../cache/applied.ts';

/** What the kit reads of the viewer's own view of a chat. What else an answer shows of it is kept with it. */
export interface ViewerState {
  readonly chatId: string;
  readonly version: number;
  readonly asOfPosition: number;
  readonly readPosition: number;
  readonly unreadCount: number;
  readonly isMarkedUnread: boolean;
  readonly mentionCount?: number;
  readonly isMuted?: boolean;
  readonly mutedUntil?: string | null;
}

/** What is known of the unread messages of one chat. */
export interface ChatUnread {
  /** As the server told it last. */
  readonly state?: ViewerState;
  /** The positions of others' messages that are not in the server's count, by id. */
  readonly later: ReadonlyMap<string, number>;
  /** What happened up to here could not be counted: it has to be in the server's count. */
  readonly uncounted: number;
  /** The newest deletion of a message that was not in the server’s count. A state from before it still counts the message. */
  readonly newestDeletion: number;
  /** What the server told is not to be relied on. */
  readonly isOutdated: boolean;
  /** The user has read up to here, and the server is about to be told; 0 otherwise. */
  readonly reading: number;
}

export const nothingKnown: ChatUnread = {
  later: new Map(),
  uncounted: 0,
  newestDeletion: 0,
  isOutdated: false,
  reading: 0,
};

/** As the server counts: so many, or more. */
const MOST = 100;
/** So many are kept one by one. Beyond, the server counts. */
const KEPT = 500;

/** Whether what is shown is right. Otherwise the server has to be asked. */
export const isExact = ({ state, uncounted, isOutdated }: ChatUnread): boolean =>
  state !== undefined && !isOutdated && state.asOfPosition >= uncounted;

/**
 * The server told a state. Of an older version it is old news. Those of one version differ by what happened in the chat
 * meanwhile; what an event tells with the chat itself is as the chat begins anew, and counts from there.
 */
export function told(known: ChatUnread, state: ViewerState, beginsAnew = false): ChatUnread {
  const before = known.isOutdated ? undefined : known.state;
  if (before && state.version < before.version) return beginsAnew ? { ...forgotten(known), later: new Map() } : known;
  if (before && !beginsAnew && state.version === before.version && state.asOfPosition < before.asOfPosition)
    return known;
  const later = beginsAnew ? [] : [...known.later].filter(([, position]) => position > state.asOfPosition);
  const newestDeletion = beginsAnew ? 0 : known.newestDeletion;
  const unaware = newestDeletion > state.asOfPosition ? newestDeletion : 0;
  return {
    state: { ...known.state, ...state },
    later: new Map(later),
    uncounted: beginsAnew ? 0 : Math.max(known.uncounted, unaware),
    newestDeletion,
    isOutdated: false,
    reading: wasLeftUnread(known, state) ? 0 : known.reading,
  };
}

/** Whether the user has left the chat unread, on this device or another, since it was last heard of. */
export const wasLeftUnread = ({ state: before }: ChatUnread, { isMarkedUnread, version }: ViewerState): boolean =>
  before !== undefined && isMarkedUnread && !before.isMarkedUnread && version > before.version;

/** What is shown stays, and the next state that the server tells takes its place, whatever its version. */
export const forgotten = (known: ChatUnread): ChatUnread => ({ ...known, uncounted: 0, isOutdated: true });

/** An event of the chat. One that is applied again changes nothing. */
export function happened(known: ChatUnread, item: AppliedItem, viewerId: string | undefined): ChatUnread {
  const { __typename, position = 0, message } = item;
  const { state, later } = known;
  if (position <= (state?.asOfPosition ?? 0)) return known;
  const mustAsk = position > known.uncounted ? { ...known, uncounted: position } : known;
  if (!isKnown(item)) return mustAsk;
  if (__typename !== 'MessageCreated' && __typename !== 'MessageDeleted') return known;
  if (!state || !message || !canTell(message, viewerId)) return mustAsk;
  if (message.authorId === viewerId || message.type === 'SYSTEM') return known;
  if (__typename === 'MessageCreated') {
    if (later.size >= KEPT && !later.has(message.id)) return mustAsk;
    return { ...known, later: new Map(later).set(message.id, message.position) };
  }
  if (message.position <= state.asOfPosition) return message.position > state.readPosition ? mustAsk : known;
  const others = new Map([...later].filter(([id]) => id !== message.id));
  return { ...known, later: others, newestDeletion: Math.max(known.newestDeletion, position) };
}

/** Whether an app's own document selects what it takes. */
const canTell = (message: Partial<NonNullable<AppliedItem['message']>>, viewerId: string | undefined): boolean =>
  viewerId !== undefined &&
  message.authorId !== undefined &&
  message.type !== undefined &&
  message.position !== undefined;

/** The state as it is now, as far as can be told. */
export function shown({ state, later, reading }: ChatUnread): ViewerState | undefined {
  if (!state) return undefined;
  const readPosition = Math.max(state.readPosition, reading);
  // Where only a part of what the server counted was read, it has to say how many that were.
  const before = reading >= state.asOfPosition ? 0 : state.unreadCount;
  const after = [...later.values()].filter((position) => position > readPosition).length;
  const unreadCount = Math.min(MOST, before + after);
  const isMarkedUnread = state.isMarkedUnread && reading === 0;
  return { ...state, readPosition, unreadCount, isMarkedUnread };
}

/** Chats with something unread, each counted once. */
export interface UnreadSummary {
  readonly chatCount: number;
  readonly mutedChatCount: number;
  readonly mentionChatCount: number;
}

export const isUnread = ({ unreadCount, isMarkedUnread }: ViewerState): boolean => unreadCount > 0 || isMarkedUnread;

/** Whether it tells what the summary counts by, which a query of the app's own need not select. */
export const isWhole = ({ isMuted, mentionCount }: ViewerState): boolean =>
  isMuted !== undefined && mentionCount !== undefined;

/** Of all chats of the user. */
export function summarise(states: Iterable<ViewerState>, now = Date.now()): UnreadSummary {
  let [chatCount, mutedChatCount, mentionChatCount] = [0, 0, 0];
  for (const state of states) {
    if (!isUnread(state)) continue;
    const { isMuted = false, mutedUntil, mentionCount = 0 } = state;
    if (isMuted && (!mutedUntil || Date.parse(mutedUntil) > now)) mutedChatCount += 1;
    else chatCount += 1;
    if (mentionCount > 0) mentionChatCount += 1;
  }
  return { chatCount, mutedChatCount, mentionChatCount };
}
