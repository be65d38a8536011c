import { isKnown } from '../cache/stale.ts';
import { mentionsUser } from '../mentions/mentions.ts';
import type { AppliedItem } from '../cache/applied.ts';

/** The fields of a viewer state that the kit reads. Other fields of a result are stored with them. */
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
  /** The newest state from the server. */
  readonly state?: ViewerState;
  /** The positions of others' messages that are not in the server's count, by id. */
  readonly later: ReadonlyMap<string, LaterMessage>;
  /** Events up to this position could not be counted here. The state is right once the server's count includes them. */
  readonly uncounted: number;
  /** The newest deletion of a message that was not in the server’s count. A state from before it still counts the message. */
  readonly newestDeletion: number;
  /** The state must not be used any more. */
  readonly isOutdated: boolean;
  /** The position up to which the user has read, while the server has not confirmed it; otherwise 0. */
  readonly reading: number;
}

/** A message that the server has not counted. */
interface LaterMessage {
  readonly position: number;
  readonly mentionsViewer: boolean;
}

export const nothingKnown: ChatUnread = {
  later: new Map(),
  uncounted: 0,
  newestDeletion: 0,
  isOutdated: false,
  reading: 0,
};

/** The server counts up to this number. It stands for this many or more. */
const MOST = 100;
/** Maximum number of messages that are counted one by one here. Beyond that the server's count is read. */
const KEPT = 500;

/** Whether the shown count is right. If it is not, the state has to be read from the server. */
export const isExact = ({ state, uncounted, isOutdated }: ChatUnread): boolean =>
  state !== undefined && !isOutdated && state.asOfPosition >= uncounted;

/**
 * Applies a state from the server. One of an older version is ignored. States of the same version differ by the events
 * of the chat between them, and the later one wins. A state that an event shows together with the chat is valid as of
 * that event, and counting begins anew from there.
 */
export function told(known: ChatUnread, state: ViewerState, beginsAnew = false): ChatUnread {
  const before = known.isOutdated ? undefined : known.state;
  if (before && state.version < before.version) return beginsAnew ? { ...forgotten(known), later: new Map() } : known;
  if (before && !beginsAnew && state.version === before.version && state.asOfPosition < before.asOfPosition)
    return known;
  const later = beginsAnew ? [] : [...known.later].filter(([, { position }]) => position > state.asOfPosition);
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

/** Whether the new state says that the user has marked the chat as unread, on this device or another. */
export const wasLeftUnread = ({ state: before }: ChatUnread, { isMarkedUnread, version }: ViewerState): boolean =>
  before !== undefined && isMarkedUnread && !before.isMarkedUnread && version > before.version;

/** The shown count stays until the next state from the server replaces it, whatever its version. */
export const forgotten = (known: ChatUnread): ChatUnread => ({ ...known, uncounted: 0, isOutdated: true });

/** Applies an event of the chat. Applying it a second time changes nothing. */
export function happened(known: ChatUnread, item: AppliedItem, viewerId: string | undefined): ChatUnread {
  const { __typename, position = 0, message } = item;
  const { state, later } = known;
  if (position <= (state?.asOfPosition ?? 0)) return known;
  const mustAsk = position > known.uncounted ? { ...known, uncounted: position } : known;
  if (!isKnown(item)) return mustAsk;
  if (__typename === 'MessageEdited') return edited(known, item, viewerId) ?? mustAsk;
  if (__typename !== 'MessageCreated' && __typename !== 'MessageDeleted') return known;
  if (!state || !message || !canTell(message, viewerId)) return mustAsk;
  if (message.authorId === viewerId || message.type === 'SYSTEM') return known;
  if (__typename === 'MessageCreated') {
    if (later.size >= KEPT && !later.has(message.id)) return mustAsk;
    return withLater(known, message, viewerId);
  }
  if (message.position <= state.asOfPosition) return message.position > state.readPosition ? mustAsk : known;
  const others = new Map([...later].filter(([id]) => id !== message.id));
  return { ...known, later: others, newestDeletion: Math.max(known.newestDeletion, position) };
}

/** An edit may mention the viewer, or no longer. Undefined where only the server can count what it changes. */
function edited(known: ChatUnread, { message }: AppliedItem, viewerId: string | undefined): ChatUnread | undefined {
  const { state, later } = known;
  if (!state || !message?.mentionedUsers || message.authorId === viewerId) return known;
  if (later.has(message.id)) return withLater(known, message, viewerId);
  const isCounted = message.position > state.readPosition && message.position <= state.asOfPosition;
  return isCounted && (state.mentionCount !== 0 || mentionsUser(message, viewerId)) ? undefined : known;
}

function withLater(
  known: ChatUnread,
  message: NonNullable<AppliedItem['message']>,
  viewerId: string | undefined,
): ChatUnread {
  const { id, position } = message;
  return {
    ...known,
    later: new Map(known.later).set(id, { position, mentionsViewer: mentionsUser(message, viewerId) }),
  };
}

/** Whether the event shows the fields that are needed to count the message. */
const canTell = (message: Partial<NonNullable<AppliedItem['message']>>, viewerId: string | undefined): boolean =>
  viewerId !== undefined &&
  message.authorId !== undefined &&
  message.type !== undefined &&
  message.position !== undefined;

/** The present state, as far as it is known. */
export function shown({ state, later, reading }: ChatUnread): ViewerState | undefined {
  if (!state) return undefined;
  const readPosition = Math.max(state.readPosition, reading);
  // If only a part of the counted messages was read, the server has to say how many are left.
  const isReadBefore = reading >= state.asOfPosition;
  const after = [...later.values()].filter(({ position }) => position > readPosition);
  const mentions = after.filter(({ mentionsViewer }) => mentionsViewer);
  const unreadCount = Math.min(MOST, (isReadBefore ? 0 : state.unreadCount) + after.length);
  const isMarkedUnread = state.isMarkedUnread && reading === 0;
  const read = { ...state, readPosition, unreadCount, isMarkedUnread };
  if (state.mentionCount === undefined) return read;
  return { ...read, mentionCount: Math.min(MOST, (isReadBefore ? 0 : state.mentionCount) + mentions.length) };
}

/** The number of unread chats that are not muted, of muted ones, and of all that have mentions of the viewer. */
export interface UnreadSummary {
  readonly chatCount: number;
  readonly mutedChatCount: number;
  readonly mentionChatCount: number;
}

export const isUnread = ({ unreadCount, isMarkedUnread }: ViewerState): boolean => unreadCount > 0 || isMarkedUnread;

/** Whether the state has the fields that the summary counts by. A query of the app need not select them. */
export const isWhole = ({ isMuted, mentionCount }: ViewerState): boolean =>
  isMuted !== undefined && mentionCount !== undefined;

/** Summarises the states of all chats of the user. */
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
