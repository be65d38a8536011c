/** The one place that defines, in SQL, whose presence a viewer may see, and what is stored of it. */
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { areApart } from '../log/consent.ts';
import { commonChats } from '../log/membership.ts';
import { PRESENCE_LASTS, type StoredPresence } from './presence-state.ts';

/** A viewer, and the user that they look at. */
export interface Pair {
  viewerId: string;
  userId: string;
}

export interface Seen extends Pair {
  /** A chat of both, which is why the viewer may see the user; null if there is none. */
  chatId: string | null;
  maySee: boolean;
  stored: StoredPresence;
}

/** How long a row is valid. */
export const rowLasts = Prisma.sql`interval '1 ms' * ${PRESENCE_LASTS}`;

/** Whether the user `u` shares their presence. */
export const isShared = Prisma.sql`
  (u.deleted_at IS NULL AND NOT EXISTS (SELECT FROM viewer_settings s WHERE s.user_id = u.id AND NOT s.shares_presence))`;

/**
 * The columns of `StoredPresence` of the user `u`, with `joinRows`. Rows that are no longer valid show when the user
 * was last seen.
 */
export const stored = Prisma.sql`
  ${isShared} AS "isShared", GREATEST(u.last_seen_at, p.ended) AS "lastSeenAt", p.servers`;
export const joinRows = Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT max(seen_at) FILTER (WHERE NOT counts) AS ended,
      jsonb_agg(jsonb_build_object('serverId', server_id, 'isActive', is_active, 'at', floor(extract(epoch FROM seen_at) * 1000),
        'ageMs', floor(extract(epoch FROM clock_timestamp() - seen_at) * 1000))) FILTER (WHERE counts) AS servers
    FROM (SELECT *, seen_at > clock_timestamp() - ${rowLasts} AS counts FROM presence WHERE user_id = u.id) AS x) AS p ON true`;

/**
 * Reads what each viewer may see of another user. Viewers see everything of themselves. They see others only if the two
 * share a chat and neither has blocked the other. Users who do not exist are absent.
 */
export async function lookAt(statement: Statement, pairs: readonly Pair[]): Promise<Seen[]> {
  const [viewer, user] = [Prisma.sql`w.viewer_id`, Prisma.sql`w.user_id`];
  const rows = await statement<Omit<Seen, 'stored'> & StoredPresence>(Prisma.sql`
    SELECT w.viewer_id AS "viewerId", w.user_id AS "userId", shared.chat_id AS "chatId", ${stored},
      (u.id = w.viewer_id OR (shared.chat_id IS NOT NULL AND NOT ${areApart(viewer, user)})) AS "maySee"
    FROM unnest(${pairs.map(({ viewerId }) => viewerId)}::uuid[], ${pairs.map(({ userId }) => userId)}::uuid[])
      AS w (viewer_id, user_id)
    JOIN "user" u ON u.id = w.user_id ${joinRows}
    LEFT JOIN LATERAL (${commonChats(viewer, user)} LIMIT 1) AS shared ON w.viewer_id <> w.user_id`);
  return rows.map(({ viewerId, userId, chatId, maySee, ...rest }) => ({
    viewerId,
    userId,
    chatId,
    maySee,
    stored: rest,
  }));
}
