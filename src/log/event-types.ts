/** Every type of event, what it means for delivery, and how it becomes an item of a stream. */
import type { Event, EventType, Message } from '../database/generated/client.ts';
import type { PublicUser } from '../database/public-user.ts';
import type { Presence, ReceiptRise, Typing } from './ephemeral.ts';

/** The subscription fields of the API beside `events`, which carries every item. */
type Field = 'messageCreated' | 'messageUpdated' | 'chatAdded' | 'chatUpdated' | 'membershipEnded' | 'chatDeleted';

/** How some viewers see an event: the type of the item, and the subscription fields that carry it beside `events`. */
interface Face {
  item: string;
  in: readonly Field[];
}

type Row = Omit<Event, 'type'>;

interface EventTypeEntry extends Face {
  /** The columns that every event of the type fills, beside those that no event leaves empty. */
  fills?: readonly (keyof Row)[];
  /** How the user in `userId` sees the event, if they see it differently from others. */
  toSubject?: Face;
  /** The row that it shows. If it no longer exists, the chat has been deleted, and the item is not delivered. */
  about: 'message' | 'chat' | null;
  /** The message has no reactions after this event, so that none need to be read. */
  clearsReactions?: true;
  /** The message is new: nobody has received it yet. */
  isNew?: true;
  /** It may change who may do what, so that earlier decisions about rights must be made again. */
  changesRights?: true;
  /** It is the last event that its subject, or everyone, may see. */
  ends?: 'subject' | 'everyone';
}

/** Every type of event, once. All other lists of event types and items follow from this one. */
export const eventTypes = {
  CHAT_CREATED: { item: 'ChatAdded', in: ['chatAdded'], about: 'chat', changesRights: true },
  CHAT_UPDATED: { item: 'ChatUpdated', in: ['chatUpdated'], about: 'chat', changesRights: true },
  CHAT_DELETED: { item: 'ChatDeleted', in: ['chatDeleted'], about: null, changesRights: true, ends: 'everyone' },
  MEMBER_ADDED: {
    item: 'MemberAdded',
    in: ['chatUpdated'],
    toSubject: { item: 'ChatAdded', in: ['chatAdded'] },
    fills: ['userId', 'role'],
    about: 'chat',
    changesRights: true,
  },
  MEMBER_REMOVED: {
    item: 'MemberRemoved',
    in: ['chatUpdated'],
    toSubject: { item: 'MemberRemoved', in: ['membershipEnded'] },
    fills: ['userId'],
    about: null,
    changesRights: true,
    ends: 'subject',
  },
  MESSAGE_CREATED: {
    item: 'MessageCreated',
    in: ['messageCreated'],
    fills: ['messageId'],
    about: 'message',
    clearsReactions: true,
    isNew: true,
  },
  MESSAGE_EDITED: { item: 'MessageEdited', in: ['messageUpdated'], fills: ['messageId'], about: 'message' },
  MESSAGE_DELETED: {
    item: 'MessageDeleted',
    in: ['messageUpdated'],
    fills: ['messageId'],
    about: 'message',
    clearsReactions: true,
  },
  REACTION_ADDED: {
    item: 'ReactionAdded',
    in: ['messageUpdated'],
    fills: ['messageId', 'reactionId', 'emoji'],
    about: 'message',
  },
  REACTION_REMOVED: {
    item: 'ReactionRemoved',
    in: ['messageUpdated'],
    fills: ['messageId', 'emoji'],
    about: 'message',
  },
  /** Written by a newer server, which knows more types than this one. */
  UNKNOWN: { item: 'EventSkipped', in: [], about: 'chat' },
} as const satisfies Record<EventType | 'UNKNOWN', EventTypeEntry>;

type Entries = typeof eventTypes;
type FaceOf<E> = E extends { toSubject: infer Subject } ? E | Subject : E;

/** The types of items that a stream carries: events as their viewers see them, and items that are no events. */
type StreamItemType =
  | (FaceOf<Entries[keyof Entries]> extends infer F ? (F extends { item: infer I } ? I : never) : never)
  | 'ChatReset'
  | 'ChatGone'
  | 'CaughtUp'
  | ViewerItemType
  | EphemeralItemType;

/** Items that may be lost and are not repeated. */
export type EphemeralItemType =
  'EphemeralReady' | 'ReadReceiptsChanged' | 'TypingChanged' | 'PresenceChanged' | 'UserUpdated';

/** Items about viewer state. */
export type ViewerItemType =
  | 'ViewerChatStateChanged'
  | 'DraftChanged'
  | 'SavedMessageChanged'
  | 'ViewerSettingsChanged'
  | 'BlockChanged'
  | 'ViewerStateReset';

type Filled<E> = E extends { fills: readonly (infer Column extends keyof Row)[] } ? Column : never;
type Known<Type, Column extends keyof Row> = Omit<Row, Column> & { [K in Column]: NonNullable<Row[K]> } & {
  type: Type;
};

/** A row of the log: a past fact of one chat, with the columns that its type fills. */
export type LogEvent = { [Type in keyof Entries]: Known<Type, Filled<Entries[Type]>> }[keyof Entries];

/** Turns a row into an event. A type that this server does not know becomes `UNKNOWN`. */
export const toLogEvent = (row: Row & { type: string }): LogEvent =>
  (Object.hasOwn(eventTypes, row.type) ? row : { ...row, type: 'UNKNOWN' }) as LogEvent;

/** Rows as an event's transaction wrote them. They are published with it, so that its delivery need not read them. */
export interface Snapshot {
  message: Message;
  /** The message's author, if the transaction has read it. */
  author?: PublicUser;
  /** The users whom the message mentions, if the transaction has read them. */
  mentioned?: readonly PublicUser[];
}

/** One item of a stream, as one group of viewers sees it. */
export interface StreamItem {
  readonly type: StreamItemType;
  readonly occurredAt: Date;
  /** The chat that it is about; empty if it is about none, as `CaughtUp`. */
  readonly chatId: string;
  /** Its position in the chat's log; 0 for an item without one, such as `ChatGone` or `CaughtUp`. */
  readonly position: number;
  /** The row that it shows. */
  readonly about: 'message' | 'chat' | 'viewerChatState' | 'draft' | null;
  /** The receipts that have risen, for `ReadReceiptsChanged`. */
  readonly receipts?: readonly ReceiptRise[];
  /** For `UserUpdated` and `PresenceChanged` the user; for `BlockChanged` the blocked user. */
  readonly userId?: string;
  readonly typing?: Typing;
  readonly presence?: Presence;
  /** For items about viewer state the version of the row; for `CaughtUp` the version that the client has reached. */
  readonly version?: number;
  /** For viewer state about a message: the message. */
  readonly messageId?: string;
  /** The event, if the item shows one. */
  readonly event?: LogEvent;
  readonly snapshot?: Snapshot;
  /** For `ChatGone`: the id that the client named as a chat, if it is not a valid id of a chat. */
  readonly unknownId?: string;
  /** Whether it is shown to the user in the event's `userId`, and not to others. */
  readonly toSubject: boolean;
}

/** Makes the item that shows an event, to the user in its `userId` or to others. */
export function toStreamItem(event: LogEvent, toSubject: boolean, snapshot?: Snapshot): StreamItem {
  const entry = eventTypes[event.type];
  const face = toSubject && 'toSubject' in entry ? entry.toSubject : entry;
  const { occurredAt, chatId, position } = event;
  const item = { type: face.item, occurredAt, chatId, position, about: entry.about, event, toSubject };
  return snapshot ? { ...item, snapshot } : item;
}

/** The event that an item shows. Throws if it shows none of these types. */
export function eventOf<Type extends LogEvent['type']>(
  { event }: StreamItem,
  ...types: Type[]
): Extract<LogEvent, { type: Type }> {
  if (!event || !(types as string[]).includes(event.type)) throw new Error(`No event of type ${types.join(', ')}`);
  return event as Extract<LogEvent, { type: Type }>;
}
