import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { NotFoundError } from '../errors.ts';
import { groupBy } from '../group-by.ts';
import type { LogEvent } from './catalogue.ts';
import type { Transaction } from './change.ts';

/** How a user stands to a chat, and what its log holds after a position: read in one statement, so that they agree. */
export interface Reading {
  chatId: string;
  /** The newest position of the chat. */
  head: number;
  /** Where the present or last membership began. */
  joined: number;
  /** Whether the membership, or the chat, is over. */
  ended: boolean;
  /** The event that ended it, as long as the log keeps it. */
  ending: LogEvent | null;
  /** At most `limit` events after the position, in order. */
  events: LogEvent[];
}

type ReadingRow = Omit<Reading, 'events' | 'ending'> & { isEnding: boolean } & {
  [K in keyof LogEvent]: LogEvent[K] | null;
};

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

/** Reads of the log. None of them takes a lock. */
export function createLogReader(db: PrismaClient) {
  return {
    /** What a user may see of each chat's log after a position. A chat that was never theirs, or is purged, is absent. */
    async read(
      userId: string,
      wanted: readonly { chatId: string; after: number }[],
      limit: number,
    ): Promise<Map<string, Reading>> {
      const rows = await db.$queryRaw<ReadingRow[]>`
        SELECT c.id AS "chatId", c.position AS head, m.joined_position AS joined,
               m.left_position IS NOT NULL OR c.deleted_at IS NOT NULL AS ended,
               e.is_ending AS "isEnding", ${eventColumns('e')}
        FROM unnest(${wanted.map((want) => want.chatId)}::uuid[], ${wanted.map((want) => want.after)}::int[]) AS w (chat_id, after)
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
      const readings = new Map<string, Reading>();
      for (const { head, joined, ended, isEnding, ...event } of rows) {
        let reading = readings.get(event.chatId);
        if (!reading)
          readings.set(
            event.chatId,
            (reading = { chatId: event.chatId, head, joined, ended, ending: null, events: [] }),
          );
        if (event.position === null) continue;
        if (isEnding) reading.ending = event as LogEvent;
        else reading.events.push(event as LogEvent);
      }
      return readings;
    },

    /** A chat's events after a position, for its feed. */
    after: (chatId: string, position: number, limit: number): Promise<LogEvent[]> =>
      db.event.findMany({ where: { chatId, position: { gt: position } }, orderBy: { position: 'asc' }, take: limit }),

    /** The event that ended a chat or a membership. Where the log has let go of it, it is NOT_FOUND. */
    async ending({ chatId, position }: { chatId: string; position?: number }, tx: Transaction = db): Promise<LogEvent> {
      const event = await tx.event.findUnique({ where: { chatId_position: { chatId, position: position ?? 0 } } });
      if (!event) throw new NotFoundError('This has ended so long ago that the log does not tell any more.');
      return event;
    },

    /** The newest positions of chats. */
    async positions(chatIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await db.$queryRaw<{ id: string; position: number }[]>`
        SELECT id, position FROM chat WHERE id = ANY(${chatIds}::uuid[])`;
      return new Map(rows.map((row) => [row.id, row.position]));
    },

    /** How many memberships of each user have begun. */
    async joinings(userIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await db.$queryRaw<{ id: string; joinings: number }[]>`
        SELECT id, joinings FROM "user" WHERE id = ANY(${userIds}::uuid[])`;
      return new Map(rows.map((row) => [row.id, row.joinings]));
    },

    /**
     * The users' chats, and how many memberships each user ever began: in one statement, so that one beginning meanwhile
     * shows in both or in neither.
     */
    async memberships(userIds: readonly string[]): Promise<(Memberships & { userId: string })[]> {
      const rows = await db.$queryRaw<(Membership & Omit<Memberships, 'chats'> & { userId: string })[]>`
        SELECT u.id AS "userId", u.joinings, clock_timestamp()::timestamptz(3) AS "readAt", c.id AS "chatId", c.position AS head, m.joined_position AS joined
        FROM "user" u
        LEFT JOIN (chat_member m JOIN chat c ON c.id = m.chat_id AND c.deleted_at IS NULL)
          ON m.user_id = u.id AND m.left_position IS NULL
        WHERE u.id = ANY(${userIds}::uuid[])`;
      return [...groupBy(rows, (row) => row.userId)].map(([userId, own]) => ({
        userId,
        joinings: own[0]!.joinings,
        readAt: own[0]!.readAt,
        chats: own.filter(({ chatId }) => chatId !== null),
      }));
    },
  };
}

/** The chats of a user at one moment. */
export interface Memberships {
  /** How many memberships ever began. */
  joinings: number;
  /** By the database's clock. */
  readAt: Date;
  chats: Membership[];
}

/** A chat that a user is a member of. */
export interface Membership {
  chatId: string;
  /** The chat's newest position. */
  head: number;
  /** Where the membership began. */
  joined: number;
}
