import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { Prisma, type NotificationLevel } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { limits } from '../limits.ts';
import { presentMembers } from '../log/membership.ts';
import { required } from '../required.ts';
import {
  hasMention,
  mentionsOfEveryone,
  mentionsOfViewer,
  hasUnread,
  isHidden,
  isMarkedUnread,
  isMuted,
  readUpTo,
  unreadMessages,
} from '../viewer-state/chat-state.ts';

/** A viewer and a chat. */
export interface ViewerChat {
  userId: string;
  chatId: string;
}

/** A user's viewer state of one chat with its counts, as of one moment. */
export interface ViewerChatState extends ViewerChat {
  version: number;
  asOfPosition: number;
  readPosition: number;
  unreadCount: number;
  mentionCount: number;
  isMarkedUnread: boolean;
  notifications: NotificationLevel;
  isMuted: boolean;
  mutedUntil: Date | null;
  isArchived: boolean;
  isPinned: boolean;
  isHidden: boolean;
}

/** Marks up to the newest position, one for each chat of the user that has something unread. */
export const unreadChats = (userId: string) => Prisma.sql`
  SELECT m.user_id, m.chat_id, c.position, NULL::int AS if_version
  FROM ${presentMembers} LEFT JOIN viewer_chat_state s ON s.user_id = m.user_id AND s.chat_id = m.chat_id
  WHERE m.user_id = ${userId}::uuid AND ${hasUnread(readUpTo)}`;

/**
 * Reads the present states of any number of viewers and chats, in one statement. Without a membership there is no
 * state.
 */
export const readViewerChatStates = (statement: Statement, keys: readonly ViewerChat[]): Promise<ViewerChatState[]> =>
  statement<ViewerChatState>(Prisma.sql`
    SELECT m.user_id AS "userId", c.id AS "chatId", c.position AS "asOfPosition", mark AS "readPosition",
           unread.n AS "unreadCount", LEAST(mentions.n + everyone.n, ${limits.unreadCount}) AS "mentionCount", coalesce(s.version, 0) AS version,
           ${isMarkedUnread} AS "isMarkedUnread",
           coalesce(s.notifications, v.default_notifications, 'ALL')::text AS notifications, ${isMuted} AS "isMuted",
           CASE WHEN ${isMuted} THEN s.muted_until END AS "mutedUntil", s.archived_at IS NOT NULL AS "isArchived",
           s.pinned_at IS NOT NULL AS "isPinned", ${isHidden} AS "isHidden"
    FROM unnest(${keys.map(({ userId }) => userId)}::uuid[], ${keys.map(({ chatId }) => chatId)}::uuid[]) AS w (user_id, chat_id)
    JOIN ${presentMembers} ON m.chat_id = w.chat_id AND m.user_id = w.user_id
    LEFT JOIN viewer_chat_state s ON s.user_id = w.user_id AND s.chat_id = w.chat_id
    LEFT JOIN viewer_settings v ON v.user_id = w.user_id
    CROSS JOIN LATERAL (SELECT ${readUpTo} AS mark) AS r
    CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM (
      ${unreadMessages(Prisma.sql`mark`, 'ASC', limits.unreadCount)}) AS capped) AS unread
    CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM (
      ${mentionsOfViewer(Prisma.sql`mark`, limits.unreadCount)}) AS capped) AS mentions
    CROSS JOIN LATERAL (SELECT count(*)::int AS n FROM (
      ${mentionsOfEveryone(Prisma.sql`mark`, limits.unreadCount)}) AS capped) AS everyone`);

export const createViewerChatStateLoader = (statement: Statement) =>
  new DataLoader<ViewerChat, ViewerChatState | null, string>(
    async (keys) => byKey(keys.map(keyOf), await readViewerChatStates(statement, keys), keyOf),
    { cacheKeyFn: keyOf },
  );

export const keyOf = ({ userId, chatId }: ViewerChat): string => `${userId} ${chatId}`;

/** The number of unread chats of a user. */
export interface UnreadSummary {
  chatCount: number;
  mutedChatCount: number;
  mentionChatCount: number;
}

export async function readUnreadSummary(statement: Statement, userId: string): Promise<UnreadSummary> {
  const [summary] = await statement<UnreadSummary>(Prisma.sql`
    SELECT count(*) FILTER (WHERE NOT ${isMuted})::int AS "chatCount",
           count(*) FILTER (WHERE ${isMuted})::int AS "mutedChatCount",
           count(*) FILTER (WHERE ${hasMention(Prisma.sql`mark`)})::int AS "mentionChatCount"
    FROM ${presentMembers} LEFT JOIN viewer_chat_state s ON s.user_id = m.user_id AND s.chat_id = m.chat_id
    CROSS JOIN LATERAL (SELECT ${readUpTo} AS mark) AS r
    WHERE m.user_id = ${userId}::uuid AND ${hasUnread(Prisma.sql`mark`)}`);
  return required(summary);
}
