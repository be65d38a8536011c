import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { lockViewers } from '../viewer-state/viewer-transaction.ts';

/** Number of users in one batch, so that no lock is held for long. */
const USERS = 100;

/**
 * Removes rows of viewer state that users have deleted, after a time in which every client could receive that. A client
 * with a lower version than the newest of them, the `floor`, reads everything again. Returns how many rows it removed,
 * for some of the users.
 */
export function purgeViewerState(db: PrismaClient, retentionMs: number): Promise<number> {
  const expired = (time: Prisma.Sql) => Prisma.sql`${time} < clock_timestamp() - ${retentionMs} * interval '1 ms'`;
  const drafts = Prisma.sql`content IS NULL AND ${expired(Prisma.sql`updated_at`)}`;
  const isRemoved = Prisma.sql`removed_at IS NOT NULL AND ${expired(Prisma.sql`removed_at`)}`;
  return db.$transaction(async (tx) => {
    const users = await tx.$queryRaw<{ userId: string }[]>`
      SELECT DISTINCT user_id AS "userId" FROM (
        (SELECT user_id FROM draft WHERE ${drafts} ORDER BY updated_at LIMIT ${USERS})
        UNION ALL (SELECT user_id FROM saved_message WHERE ${isRemoved} ORDER BY removed_at LIMIT ${USERS})
        UNION ALL (SELECT user_id FROM block WHERE ${isRemoved} ORDER BY removed_at LIMIT ${USERS})) AS oldest`;
    if (users.length === 0) return 0;
    const userIds = users.map(({ userId }) => userId);
    await lockViewers(tx, userIds);
    const [{ removed }] = await tx.$queryRaw<[{ removed: number }]>`
      WITH old_drafts AS (
        DELETE FROM draft WHERE user_id = ANY(${userIds}::uuid[]) AND ${drafts} RETURNING user_id, version
      ), old_saved AS (
        DELETE FROM saved_message WHERE user_id = ANY(${userIds}::uuid[]) AND ${isRemoved} RETURNING user_id, version
      ), old_blocks AS (
        DELETE FROM block WHERE user_id = ANY(${userIds}::uuid[]) AND ${isRemoved} RETURNING user_id, version
      ), gone AS (
        SELECT * FROM old_drafts UNION ALL SELECT * FROM old_saved UNION ALL SELECT * FROM old_blocks
      ), raised AS (
        UPDATE viewer_version v SET floor = GREATEST(v.floor, g.version)
        FROM (SELECT user_id, max(version) AS version FROM gone GROUP BY user_id) AS g WHERE v.user_id = g.user_id
      )
      SELECT count(*)::int AS removed FROM gone`;
    return removed;
  });
}
