/**
 * Reads the log for delivery: events that a subscriber or a feed lacks, and the newest positions. Each method is one
 * statement, so that its answer is consistent. A server has two readers, over different connections.
 */
import type { Transaction } from '../database/clock.ts';
import { Prisma, type Event, type PrismaClient } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { NotFoundError } from '../errors.ts';
import { groupBy } from '../group-by.ts';
import { required } from '../required.ts';
import { toLogEvent, type LogEvent } from './event-types.ts';
import { presentMembers } from './membership.ts';

/** A user's membership in a chat and the events after a position. Both are read in one statement and are consistent. */
export interface LogPage {
  chatId: string;
  newestPosition: number;
  /** The position at which the present or last membership began. */
  joinedPosition: number;
  /** Whether the membership, or the chat, is over. */
  isOver: boolean;
  /** The event that ended it, as long as the log keeps it. */
  ending: LogEvent | null;
  /** At most `limit` events after the position, in order. */
  events: LogEvent[];
}

type PageRow = Omit<LogPage, 'events' | 'ending'> & { isEnding: boolean } & {
  [K in keyof EventRow]: EventRow[K] | null;
};

type EventRow = Omit<Event, 'type'> & { type: string };

const eventColumns = (alias: string): Prisma.Sql =>
  Prisma.raw(
    ['position', 'occurred_at', 'type', 'role', 'actor_id', 'user_id', 'message_id', 'reaction_id', 'emoji']
      .map((column) => {
        const name = column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
        return `${alias}.${column}${column === 'type' || column === 'role' ? '::text' : ''} AS "${name}"`;
      })
      .join(', '),
  );

export type LogReader = ReturnType<typeof createLogReader>;

/** Creates a reader. It takes no locks. `statement` chooses the connections for feeds and memberships. */
export function createLogReader(db: PrismaClient, statement: Statement) {
  return {
    /**
     * Reads the events after a position that a user may see, at most `limit` for each chat. `now` reads no events. A
     * chat that the user was never in, or that is purged, is absent from the answer.
     */
    async read(
      userId: string,
      wanted: readonly { chatId: string; after: number | 'now' }[],
      limit: number,
    ): Promise<Map<string, LogPage>> {
      const after = wanted.map((want) => (want.after === 'now' ? null : want.after));
      const rows = await db.$queryRaw<PageRow[]>`
        SELECT c.id AS "chatId", c.position AS "newestPosition", m.joined_position AS "joinedPosition",
               m.left_position IS NOT NULL OR c.deleted_at IS NOT NULL AS "isOver",
               e.is_ending AS "isEnding", ${eventColumns('e')}
        FROM unnest(${wanted.map((want) => want.chatId)}::uuid[], ${after}::int[]) AS w (chat_id, after)
        JOIN chat c ON c.id = w.chat_id
        JOIN chat_member m ON m.chat_id = c.id AND m.user_id = ${userId}::uuid
        LEFT JOIN LATERAL (
          (SELECT *, false AS is_ending FROM event
           WHERE chat_id = c.id AND position > w.after AND m.left_position IS NULL AND c.deleted_at IS NULL
           ORDER BY position LIMIT ${limit})
          UNION ALL
          SELECT *, true FROM event
          WHERE chat_id = c.id
            AND position = CASE WHEN m.left_position IS NOT NULL THEN m.left_position
                                WHEN c.deleted_at IS NOT NULL THEN c.position END
        ) e ON true
        ORDER BY e.position`;
      const pages = new Map<string, LogPage>();
      for (const { newestPosition, joinedPosition, isOver, isEnding, ...event } of rows) {
        const { chatId } = event;
        const page = pages.get(chatId) ?? {
          ...{ chatId, newestPosition, joinedPosition, isOver },
          ending: null,
          events: [],
        };
        pages.set(chatId, page);
        if (event.position === null) continue;
        if (isEnding) page.ending = toLogEvent(event as EventRow);
        else page.events.push(toLogEvent(event as EventRow));
      }
      return pages;
    },

    /**
     * Reads at most `limit` events of each chat after a position, in order, for feeds. A chat without any is absent.
     */
    async after(wanted: readonly { chatId: string; after: number }[], limit: number): Promise<Map<string, LogEvent[]>> {
      const rows = await statement<EventRow>(Prisma.sql`
        SELECT e.chat_id AS "chatId", ${eventColumns('e')}
        FROM unnest(${wanted.map((want) => want.chatId)}::uuid[], ${wanted.map((want) => want.after)}::int[]) AS w (chat_id, after)
        CROSS JOIN LATERAL (
          SELECT * FROM event WHERE chat_id = w.chat_id AND position > w.after ORDER BY position LIMIT ${limit}) e
        ORDER BY e.position`);
      return groupBy(rows.map(toLogEvent), (event) => event.chatId);
    },

    /** Reads the event that ended a chat or a membership. Throws NOT_FOUND if the log no longer holds it. */
    async ending({ chatId, position }: { chatId: string; position?: number }, tx: Transaction = db): Promise<LogEvent> {
      const [row] = await tx.$queryRaw<EventRow[]>`
        SELECT e.chat_id AS "chatId", ${eventColumns('e')} FROM event e
        WHERE e.chat_id = ${chatId}::uuid AND e.position = ${position ?? 0}::int`;
      if (!row) throw new NotFoundError('It ended before the oldest event that is still kept.');
      return toLogEvent(row);
    },

    /**
     * Reads the newest position of each chat, and the event at the wanted position or at the newest one. The event is
     * null if the log no longer holds it.
     */
    async heads(wanted: readonly { chatId: string; position: number | 'newest' }[]): Promise<Map<string, Head>> {
      const positions = wanted.map(({ position }) => (position === 'newest' ? null : position));
      const rows = await statement<
        { chatId: string; position: number; memberCount: number } & (EventIdentity | NoEvent)
      >(Prisma.sql`
        SELECT c.id AS "chatId", c.position, c.member_count AS "memberCount", e.occurred_at AS "occurredAt", e.actor_id AS "actorId", e.message_id AS "messageId"
        FROM unnest(${wanted.map((want) => want.chatId)}::uuid[], ${positions}::int[]) AS w (chat_id, position)
        JOIN chat c ON c.id = w.chat_id
        LEFT JOIN event e ON e.chat_id = c.id AND e.position = coalesce(w.position, c.position)`);
      return new Map(
        rows.map(({ chatId, position, memberCount, ...event }) => [
          chatId,
          { position, memberCount, event: event.actorId === null ? null : event },
        ]),
      );
    },

    /** Reads how many memberships of each user have ever begun. */
    async membershipVersions(userIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await statement<{ id: string; version: number }>(Prisma.sql`
        SELECT id, membership_version AS version FROM "user" WHERE id = ANY(${userIds}::uuid[])`);
      return new Map(rows.map((row) => [row.id, row.version]));
    },

    /**
     * Reads each user's chats, and how many of their memberships have ever begun. It is one statement, so that a
     * membership that begins meanwhile is in both or in neither.
     */
    async memberships(userIds: readonly string[]): Promise<(Memberships & { userId: string })[]> {
      const rows = await statement<Membership & Omit<Memberships, 'chats'> & { userId: string }>(Prisma.sql`
        SELECT u.id AS "userId", u.membership_version AS version, clock_timestamp()::timestamptz(3) AS "readAt",
               c.id AS "chatId", c.position AS "newestPosition", m.joined_position AS "joinedPosition"
        FROM "user" u
        LEFT JOIN ${presentMembers} ON m.user_id = u.id
        WHERE u.id = ANY(${userIds}::uuid[])`);
      return [...groupBy(rows, (row) => row.userId)].map(([userId, own]) => ({
        userId,
        version: required(own[0]).version,
        readAt: required(own[0]).readAt,
        chats: own.filter(({ chatId }) => chatId !== null),
      }));
    },
  };
}

/** What distinguishes an event from another at the same position, which a restored database may have. */
export type EventIdentity = Pick<LogEvent, 'occurredAt' | 'actorId' | 'messageId'>;
type NoEvent = { [K in keyof EventIdentity]: null };

export const isSameEvent = (one: EventIdentity, other: EventIdentity): boolean =>
  one.occurredAt.getTime() === other.occurredAt.getTime() &&
  one.actorId === other.actorId &&
  one.messageId === other.messageId;

/** The newest position of a chat's log, and the event at the wanted position. */
export interface Head {
  position: number;
  /** How many members the chat has as of that position, where it was read. */
  memberCount?: number;
  event: EventIdentity | null;
}

/** The chats of a user at one moment. */
export interface Memberships {
  /** How many memberships have ever begun. */
  version: number;
  /** The time of the read, by the database's clock. */
  readAt: Date;
  chats: Membership[];
}

/** A chat that a user is a member of. */
export interface Membership {
  chatId: string;
  newestPosition: number;
  /** The position at which the membership began. */
  joinedPosition: number;
}
