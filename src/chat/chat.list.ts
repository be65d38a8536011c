import { Prisma, type Chat } from '../database/generated/client.ts';
import { fetchLimit, newestFirst, type Page, type TimeKey } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { presentMembers } from '../log/membership.ts';
import { hasUnread, isHidden, readUpTo } from '../viewer-state/chat-state.ts';
import { chatColumns } from './chat.loaders.ts';

/** Which of the user's chats are listed; without one all of them are. */
export interface ChatFilter {
  isArchived?: boolean | null | undefined;
  isPinned?: boolean | null | undefined;
  isUnread?: boolean | null | undefined;
  includeHidden?: boolean | null | undefined;
}

export type ListedChat = Chat & { pinnedAt: Date | null };

/** Pinned chats are listed in the order in which they were pinned. */
export const isByPin = (filter: ChatFilter | null): boolean => filter?.isPinned === true;

/** The user's chats, in one statement: latest activity first, or latest pin first. */
export async function listChats(
  statement: Statement,
  userId: string,
  page: Page<TimeKey>,
  filter: ChatFilter | null,
): Promise<ListedChat[]> {
  const time = isByPin(filter) ? Prisma.sql`s.pinned_at` : Prisma.sql`c.last_activity_at`;
  const { within, order } = newestFirst(page, time, Prisma.sql`c.id`);
  const states = Prisma.sql`LEFT JOIN viewer_chat_state s ON s.user_id = m.user_id AND s.chat_id = m.chat_id`;
  return statement<ListedChat>(Prisma.sql`
    SELECT ${chatColumns}, ${filter ? Prisma.sql`s.pinned_at` : Prisma.sql`NULL`} AS "pinnedAt"
    FROM ${presentMembers} ${filter ? states : Prisma.empty}
    WHERE m.user_id = ${userId}::uuid ${filter ? conditions(filter) : Prisma.empty}
      ${within}
    ORDER BY ${order} LIMIT ${fetchLimit(page)}`);
}

function conditions({ isArchived, isPinned, isUnread, includeHidden }: ChatFilter): Prisma.Sql {
  const isSet = (wanted: boolean | null | undefined, column: Prisma.Sql) =>
    wanted == null ? [] : [Prisma.sql`(${column} IS NOT NULL) = ${wanted}::boolean`];
  const all = [
    ...isSet(isArchived, Prisma.sql`s.archived_at`),
    ...isSet(isPinned, Prisma.sql`s.pinned_at`),
    ...(isUnread == null ? [] : [Prisma.sql`${hasUnread(readUpTo)} = ${isUnread}::boolean`]),
    ...(includeHidden ? [] : [Prisma.sql`NOT ${isHidden}`]),
  ];
  return all.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(all, ' AND ')}`;
}
