import type { Event, EventType, Message } from '../database/generated/client.ts';
import type { PublicUser } from '../database/public-user.ts';

/** A row of the log: a past fact of one chat. */
export type LogEvent = Event;

/** What a stream carries: the events as their viewers see them, and what a replay says besides. */
export type StreamItemType =
  | 'MessageCreated'
  | 'MessageEdited'
  | 'MessageDeleted'
  | 'ReactionAdded'
  | 'ReactionRemoved'
  | 'MemberAdded'
  | 'MemberRemoved'
  | 'ChatAdded'
  | 'ChatUpdated'
  | 'ChatDeleted'
  | 'ChatReset'
  | 'ChatGone'
  | 'CaughtUp';

interface CatalogueEntry {
  /** How everyone in the chat sees it. */
  shows: StreamItemType;
  /** How the user sees it whom it concerns (`userId`), where that differs. */
  showsSubject?: StreamItemType;
  /** It changes members, roles or existence: rights decided before it are out of date. */
  changesRights?: true;
  /** It is the last event that its subject, or everyone, may see. */
  ends?: 'subject' | 'everyone';
}

/** Every event there is, once. */
export const catalogue: Record<EventType, CatalogueEntry> = {
  CHAT_CREATED: { shows: 'ChatAdded', changesRights: true },
  CHAT_UPDATED: { shows: 'ChatUpdated', changesRights: true },
  CHAT_DELETED: { shows: 'ChatDeleted', changesRights: true, ends: 'everyone' },
  MEMBER_ADDED: { shows: 'MemberAdded', showsSubject: 'ChatAdded', changesRights: true },
  MEMBER_REMOVED: { shows: 'MemberRemoved', changesRights: true, ends: 'subject' },
  MESSAGE_CREATED: { shows: 'MessageCreated' },
  MESSAGE_EDITED: { shows: 'MessageEdited' },
  MESSAGE_DELETED: { shows: 'MessageDeleted' },
  REACTION_ADDED: { shows: 'ReactionAdded' },
  REACTION_REMOVED: { shows: 'ReactionRemoved' },
};

/** Rows as the transaction of an event wrote them: spares its first delivery the reading. */
export interface Snapshot {
  message: Message;
  /** The message's author, where the transaction read it. */
  author?: PublicUser;
}

/** One item of a stream, as one group of viewers sees it. */
export interface StreamItem {
  readonly type: StreamItemType;
  readonly occurredAt: Date;
  /** Of the chat it is about; empty on `CaughtUp`. */
  readonly chatId: string;
  /** Its number in the chat's log; 0 on `ChatGone` and `CaughtUp`. */
  readonly position: number;
  /** The row of the log that it shows, where it shows one. */
  readonly event?: LogEvent;
  readonly snapshot?: Snapshot;
  /** What the client named as a chat, where that is no id of ours. */
  readonly unknownId?: string;
  /** Whether it is shown to the user whom it concerns: removed, left or added. */
  readonly toSubject: boolean;
}

/** An event as others see it, or as its subject does. */
export function show(event: LogEvent, toSubject: boolean, snapshot?: Snapshot): StreamItem {
  const { shows, showsSubject } = catalogue[event.type];
  return {
    type: (toSubject && showsSubject) || shows,
    occurredAt: event.occurredAt,
    chatId: event.chatId,
    position: event.position,
    event,
    toSubject,
    ...(snapshot && { snapshot }),
  };
}

/** Whether this event is the last that the user may see of the chat. */
export function ends(event: LogEvent, userId: string): boolean {
  const { ends: whom } = catalogue[event.type];
  return whom === 'everyone' || (whom === 'subject' && event.userId === userId);
}

/** A subscription field: which items it carries. */
export type Carries = (item: StreamItem) => boolean;

const only =
  (...types: StreamItemType[]): Carries =>
  (item) =>
    types.includes(item.type);

/** What each subscription field of the API carries. */
export const subscriptions = {
  messageCreated: only('MessageCreated'),
  messageUpdated: only('MessageEdited', 'MessageDeleted', 'ReactionAdded', 'ReactionRemoved'),
  chatAdded: only('ChatAdded'),
  chatUpdated: (item) =>
    item.type === 'ChatUpdated' || item.type === 'MemberAdded' || (item.type === 'MemberRemoved' && !item.toSubject),
  membershipEnded: (item) => item.type === 'MemberRemoved' && item.toSubject,
  chatDeleted: only('ChatDeleted'),
  events: () => true,
} satisfies Record<string, Carries>;
