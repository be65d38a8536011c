/** Reads and writes presence in the database: the rows of this server's users, and what may be seen of others. */
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { areApart } from '../log/consent.ts';
import { presentMembers } from '../log/membership.ts';
import { isShared, joinRows, rowLasts, stored, type Pair } from './presence-sight.ts';
import type { StoredPresence } from './presence-state.ts';

/**
 * A user with a device at this server, and whether one of the devices is used. Null means that the last device has
 * left.
 */
export interface Held {
  userId: string;
  isActive: boolean | null;
}

/** A chat that two users share. The viewer may see the user while both are members. */
export interface Acquaintance extends Pair {
  chatId: string;
}

/** The result of a comparison. */
export interface Compared {
  users: Map<string, StoredPresence>;
  /** Indexes of acquaintances that have ended, by a block or with a membership. */
  ended: number[];
}

const writeHeld = Prisma.sql`
  INSERT INTO presence (user_id, server_id, is_active, seen_at)
  SELECT w.user_id, w.server_id, w.is_active, clock_timestamp() FROM wanted w JOIN "user" u ON u.id = w.user_id
  WHERE w.is_active IS NOT NULL AND ${isShared} ORDER BY w.user_id
  ON CONFLICT (user_id, server_id) DO UPDATE SET is_active = excluded.is_active, seen_at = excluded.seen_at`;

export type PresenceRows = ReturnType<typeof createPresenceRows>;

export function createPresenceRows(statement: Statement, serverId: string) {
  const wanted = (held: readonly Held[]) => Prisma.sql`
    wanted AS (
      SELECT user_id, ${serverId}::uuid AS server_id, is_active
      FROM unnest(${held.map(({ userId }) => userId)}::uuid[], ${held.map(({ isActive }) => isActive)}::boolean[])
        AS w (user_id, is_active))`;

  return {
    /**
     * Writes the first and last devices of users here. Returns the time, by the database's clock, for users who share
     * their presence.
     */
    async hold(held: readonly Held[]): Promise<Map<string, Date>> {
      const rows = await statement<{ userId: string; at: Date }>(Prisma.sql`
        WITH ${wanted(held)}, entered AS (${writeHeld} RETURNING user_id, seen_at), locked AS (
          SELECT u.id FROM "user" u JOIN wanted w ON w.user_id = u.id WHERE w.is_active IS NULL
          ORDER BY u.id FOR NO KEY UPDATE OF u
        ), gone AS (
          DELETE FROM presence p USING locked WHERE p.user_id = locked.id AND p.server_id = ${serverId}::uuid
          RETURNING p.user_id
        ), seen AS (
          UPDATE "user" u SET last_seen_at = clock_timestamp() FROM gone
          WHERE u.id = gone.user_id AND ${isShared} RETURNING u.id, u.last_seen_at
        )
        SELECT user_id AS "userId", seen_at AS at FROM entered UNION ALL SELECT id, last_seen_at FROM seen`);
      return new Map(rows.map(({ userId, at }) => [userId, at]));
    },

    /**
     * The regular statement of a server for presence. It writes the rows of its own users, removes rows of servers that
     * were killed, and reads the users who are watched here and the acquaintances that have ended.
     */
    async compare(
      held: readonly Held[],
      userIds: readonly string[],
      known: readonly Acquaintance[],
    ): Promise<Compared> {
      const rows = await statement<StoredPresence & { userId: string | null; ended: number | null }>(Prisma.sql`
        WITH ${wanted(held)}, written AS (${writeHeld}), old AS (
          SELECT p.user_id, p.server_id, p.seen_at FROM presence p JOIN "user" u ON u.id = p.user_id
          WHERE NOT ${isShared} OR (p.seen_at < clock_timestamp() - ${rowLasts}
            AND NOT EXISTS (SELECT FROM wanted w WHERE w.user_id = p.user_id AND w.server_id = p.server_id))
          ORDER BY p.user_id FOR NO KEY UPDATE OF p, u SKIP LOCKED
        ), removed AS (
          DELETE FROM presence p USING old WHERE p.user_id = old.user_id AND p.server_id = old.server_id
        ), seen AS (
          UPDATE "user" u SET last_seen_at = GREATEST(u.last_seen_at, o.at)
          FROM (SELECT user_id, max(seen_at) AS at FROM old GROUP BY user_id) AS o WHERE u.id = o.user_id AND ${isShared}
        )
        SELECT u.id AS "userId", ${stored}, NULL::int AS ended
        FROM "user" u ${joinRows} WHERE u.id = ANY(${userIds}::uuid[])
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, w.place::int - 1
        FROM unnest(${known.map(({ viewerId }) => viewerId)}::uuid[], ${known.map(({ userId }) => userId)}::uuid[],
          ${known.map(({ chatId }) => chatId)}::uuid[]) WITH ORDINALITY AS w (viewer_id, user_id, chat_id, place)
        WHERE NOT EXISTS (SELECT FROM ${presentMembers} WHERE m.chat_id = w.chat_id AND m.user_id = w.viewer_id)
          OR NOT EXISTS (SELECT FROM ${presentMembers} WHERE m.chat_id = w.chat_id AND m.user_id = w.user_id)
          OR ${areApart(Prisma.sql`w.viewer_id`, Prisma.sql`w.user_id`)}`);
      return {
        users: new Map(rows.flatMap((row) => (row.userId === null ? [] : [[row.userId, row] as const]))),
        ended: rows.flatMap(({ ended }) => ended ?? []),
      };
    },
  };
}
