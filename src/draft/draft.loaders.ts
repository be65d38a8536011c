import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type Draft as DraftRow } from '../database/generated/client.ts';
import { fetchLimit, newestFirst, type Page, type TimeKey } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { presentMembers } from '../log/membership.ts';
import { keyOf, type ViewerChat } from '../read-state/read-state.loaders.ts';
import type { Draft } from './draft.rules.ts';

const draftColumns = columns('d', Prisma.DraftScalarFieldEnum);

/**
 * Loads the drafts of users in their chats, in one statement. The answer is null if the user is not a member of the
 * chat.
 */
export const createDraftLoader = (statement: Statement) =>
  new DataLoader<ViewerChat, { draft: Draft | null } | null, string>(
    async (keys) => {
      const [userIds, chatIds] = [keys.map(({ userId }) => userId), keys.map(({ chatId }) => chatId)];
      type Row = ViewerChat & (DraftRow | { content: null });
      const rows = await statement<Row>(Prisma.sql`
        SELECT ${draftColumns}, m.user_id AS "userId", m.chat_id AS "chatId"
        FROM unnest(${userIds}::uuid[], ${chatIds}::uuid[]) AS w (user_id, chat_id)
        JOIN ${presentMembers} ON m.chat_id = w.chat_id AND m.user_id = w.user_id
        LEFT JOIN draft d ON d.user_id = m.user_id AND d.chat_id = m.chat_id`);
      return byKey(keys.map(keyOf), rows, keyOf).map(
        (row) => row && { draft: row.content === null ? null : (row as Draft) },
      );
    },
    { cacheKeyFn: keyOf },
  );

/** Lists the user's drafts in their present chats, latest change first. */
export function listDrafts(statement: Statement, userId: string, page: Page<TimeKey>): Promise<Draft[]> {
  const { within, order } = newestFirst(page, Prisma.sql`d.updated_at`, Prisma.sql`d.chat_id`);
  return statement<Draft>(Prisma.sql`
    SELECT ${draftColumns} FROM draft d JOIN ${presentMembers} ON m.chat_id = d.chat_id AND m.user_id = d.user_id
    WHERE d.user_id = ${userId}::uuid AND d.content IS NOT NULL ${within}
    ORDER BY ${order} LIMIT ${fetchLimit(page)}`);
}
