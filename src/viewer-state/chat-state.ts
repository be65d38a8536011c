/**
 * A user's viewer state of one of their chats, in SQL: parts of statements about the membership `m` in the chat `c`,
 * with the viewer's row `s` of it, if there is one.
 */
import { Prisma } from '../database/generated/client.ts';

/**
 * Messages up to this position are not unread: they were read, or are older than the membership or than read positions.
 */
export const readUpTo = Prisma.sql`GREATEST(m.joined_position, c.unread_from, coalesce(s.read_position, 0))`;

/** A mark of an earlier membership does not count. */
export const isMarkedUnread = Prisma.sql`coalesce(s.is_marked_unread AND s.read_position >= m.joined_position, false)`;

/** Whether the chat is muted now. */
export const isMuted = Prisma.sql`coalesce(s.is_muted AND (s.muted_until IS NULL OR s.muted_until > clock_timestamp()), false)`;

/** Whether the chat is hidden until its next message. Senders write nothing for that. */
export const isHidden = Prisma.sql`coalesce(s.hidden_at >= c.last_activity_at, false)`;

/**
 * The newest or oldest messages of the chat above `mark` that count as unread: those of others, not deleted, and none of the
 * server's own lines. There may be hundreds of thousands, and they must be read in the order of the index until there are
 * enough. So the planner must not believe that it reads all of them anyway, which it could collect faster and sort: it sees
 * an ORDER BY, no figure in LIMIT (then it assumes a tenth), and no plain comparison of authors (whose number it may know to be one).
 */
export const unreadMessages = (mark: Prisma.Sql, order: 'ASC' | 'DESC', limit: number) => Prisma.sql`
  SELECT FROM message x
  WHERE x.chat_id = c.id AND x.position > ${mark} AND NOT coalesce(x.author_id = m.user_id, false)
    AND x.deleted_at IS NULL AND x.type <> 'SYSTEM'
  ORDER BY x.position ${Prisma.raw(order)} LIMIT (SELECT ${limit}::int)`;

/** Mentions of the viewer above `mark`. Those of deleted messages are removed with them. */
export const mentionsOfViewer = (mark: Prisma.Sql, limit: number) => Prisma.sql`
  SELECT FROM mention d WHERE d.user_id = m.user_id AND d.chat_id = c.id AND d.position > ${mark}
  ORDER BY d.position LIMIT (SELECT ${limit}::int)`;

/** Unread messages above `mark` that mention everyone, and not the viewer by name: those count as mentions of the viewer. */
export const mentionsOfEveryone = (mark: Prisma.Sql, limit: number) => Prisma.sql`
  SELECT FROM message x
  WHERE x.chat_id = c.id AND x.position > ${mark} AND x.mentions_everyone AND x.author_id <> m.user_id
    AND x.deleted_at IS NULL AND NOT EXISTS (SELECT FROM mention d WHERE d.message_id = x.id AND d.user_id = m.user_id)
  ORDER BY x.position LIMIT (SELECT ${limit}::int)`;

/** Whether the chat has a mention of the viewer above `mark`. */
export const hasMention = (mark: Prisma.Sql) => Prisma.sql`
  (EXISTS (SELECT FROM (${mentionsOfViewer(mark, 1)}) AS one) OR EXISTS (SELECT FROM (${mentionsOfEveryone(mark, 1)}) AS one))`;

/** Whether the chat has something unread: a mark, or one message above `mark`. */
export const hasUnread = (mark: Prisma.Sql) => Prisma.sql`
  (${isMarkedUnread} OR (c.position > ${mark} AND EXISTS (
    SELECT FROM (${unreadMessages(mark, 'DESC', 1)}) AS newest)))`;
