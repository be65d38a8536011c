/**
 * Encodes and decodes the payloads on the channels of PubSub. Their shapes must stay compatible, because servers of two
 * versions may run side by side.
 */
import { z } from 'zod';
import { Prisma, type Event, type Message, type User } from '../database/generated/client.ts';
import { publicUser, type PublicUser } from '../database/public-user.ts';
import { required } from '../required.ts';
import type { ReceiptRise } from './ephemeral.ts';
import { toLogEvent, type LogEvent, type Snapshot } from './event-types.ts';

/** The payload on `chat:<id>`: the event's row, and the rows that its transaction wrote. */
export interface Published {
  event: LogEvent;
  snapshot?: Snapshot;
  /** The id of the request whose mutation made the event, for the log. A server of 0.1.0 sends none. */
  requestId?: string;
}

/** The payload on `user:<id>`: a membership begins at this position of this chat. */
export interface Joined {
  chatId: string;
  position: number;
}

/** The payload on `sessions`: these sessions have ended, on any server. */
export interface SessionsEnded {
  sessionIds: string[];
}

/** The payload on `ephemeral:<id>`: how far a member of the chat has read and received. */
export type ReceiptNotice = ReceiptRise;

/** A second payload on `ephemeral:<id>`: whether a member types in the chat, from the time of its arrival. */
export interface TypingNotice {
  userId: string;
  isTyping: boolean;
}

/** The payload on `presence:<id>`: the user is or is no longer online through a server. */
export interface PresenceNotice {
  serverId: string;
  /** Whether one of the devices there is used; null if none is left. */
  isActive: boolean | null;
  /** When the row was written, in milliseconds by the database's clock. */
  at: number;
}

/** A second payload on `presence:<id>`: the permissions to see the user have changed. */
export type PresenceHint =
  /** The user has begun or stopped to share their presence. */
  | { isShared: boolean }
  /** A block between the two users was created or removed. */
  | { apartFrom: string }
  /** The user's membership in this chat has ended. */
  | { left: string };

export type EphemeralNotice = ReceiptNotice | TypingNotice;

type DateColumn<Model> = { [K in keyof Model]: NonNullable<Model[K]> extends Date ? K : never }[keyof Model];

/** The columns of published models that hold a time. JSON has no dates, so every other column stays a string. */
export const dateColumns = {
  Event: ['occurredAt'],
  Message: ['createdAt', 'updatedAt', 'deletedAt'],
  User: ['createdAt', 'deletedAt', 'erasedAt', 'lastSeenAt'],
} satisfies { Event: DateColumn<Event>[]; Message: DateColumn<Message>[]; User: DateColumn<User>[] };

const row = z.record(z.string(), z.unknown());
const published = z.object({
  event: z.looseObject({
    chatId: z.string(),
    position: z.int(),
    type: z.string(),
    actorId: z.string(),
    occurredAt: z.iso.datetime(),
  }),
  snapshot: z.object({ message: row, author: row.optional(), mentioned: z.array(row).optional() }).optional(),
  requestId: z.string().optional(),
});
const receipt = z.object({ userId: z.string(), position: z.int(), delivered: z.int() });
const typing = z.object({ userId: z.string(), isTyping: z.boolean() });
const presence = z.union([
  z.object({ serverId: z.string(), isActive: z.boolean().nullable(), at: z.int() }),
  z.object({ isShared: z.boolean() }),
  z.object({ apartFrom: z.string() }),
  z.object({ left: z.string() }),
]);
const joined = z.object({ chatId: z.string(), position: z.int() });
const sessionsEnded = z.object({ sessionIds: z.array(z.string()) });

export const encodePublished = (published: Published): string => JSON.stringify(published);

/** Throws if the payload is not valid. It may come from a server of the version before or after this one. */
export function decodePublished(payload: string): Published {
  const { event, snapshot, requestId } = published.parse(JSON.parse(payload));
  return {
    event: decodeEvent(event),
    ...(snapshot && decodeSnapshot(snapshot)),
    ...(requestId !== undefined && { requestId }),
  };
}

export const encodeReceipt = (notice: ReceiptNotice): string => JSON.stringify(notice);
export const encodeTyping = (notice: TypingNotice): string => JSON.stringify(notice);
export const decodeEphemeral = (payload: string): EphemeralNotice =>
  z.union([receipt, typing]).parse(JSON.parse(payload));

export const encodePresence = (notice: PresenceNotice | PresenceHint): string => JSON.stringify(notice);
export const decodePresence = (payload: string): PresenceNotice | PresenceHint => presence.parse(JSON.parse(payload));

export const encodeSessionsEnded = (ended: SessionsEnded): string => JSON.stringify(ended);
export const decodeSessionsEnded = (payload: string): SessionsEnded => sessionsEnded.parse(JSON.parse(payload));

export const encodeJoined = (joined: Joined): string => JSON.stringify(joined);
export const decodeJoined = (payload: string): Joined => joined.parse(JSON.parse(payload));

/** A column that the sending server did not know becomes null. The shape above checks those that must not be null. */
function decodeEvent(json: z.infer<typeof published>['event']): LogEvent {
  const nulls = Object.fromEntries(Object.keys(Prisma.EventScalarFieldEnum).map((field) => [field, null]));
  const decoded = decodeRow<Event>({ ...nulls, ...json }, Prisma.EventScalarFieldEnum, dateColumns.Event);
  return toLogEvent(required(decoded));
}

/** Undefined if a column of the message is missing because an older server sent it. Then the row is read instead. */
function decodeSnapshot({ message, author, mentioned }: NonNullable<z.infer<typeof published>['snapshot']>) {
  const decoded = decodeRow<Message>(message, Prisma.MessageScalarFieldEnum, dateColumns.Message);
  if (!decoded) return undefined;
  const decodeUser = (user: Record<string, unknown>) => decodeRow<PublicUser>(user, publicUser, dateColumns.User);
  const writer = author && decodeUser(author);
  const users = mentioned?.flatMap((user) => decodeUser(user) ?? []);
  return {
    snapshot: {
      message: decoded,
      ...(writer && { author: writer }),
      ...(users && users.length === mentioned?.length && { mentioned: users }),
    },
  };
}

/** The columns of a model, or null if one is missing. Columns that only a newer server knows are left out. */
function decodeRow<Row>(json: Record<string, unknown>, fields: object, dates: readonly string[]): Row | null {
  const columns = Object.keys(fields);
  if (columns.some((column) => json[column] === undefined)) return null;
  // Dates are converted by column name: the text of a message may look like a date.
  return Object.fromEntries(
    columns.map((column) => [column, dates.includes(column) ? toDate(json[column]) : json[column]]),
  ) as Row;
}

const toDate = (value: unknown): Date | null => (value === null ? null : new Date(z.iso.datetime().parse(value)));
