import DataLoader from 'dataloader';
import { byKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type SavedMessage as SavedMessageRow } from '../database/generated/client.ts';
import { fetchLimit, newestFirst, type Page, type TimeKey } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { viewerMessageKey } from '../message/message.loaders.ts';
import type { SavedMessage } from './saved-message.rules.ts';

const savedColumns = columns('s', Prisma.SavedMessageScalarFieldEnum);

/**
 * Loads messages as their users have saved them, in one statement. The answer is null if a message is no longer saved.
 */
export const createSavedMessageLoader = (statement: Statement) =>
  new DataLoader<Pick<SavedMessageRow, 'userId' | 'messageId'>, SavedMessage | null, string>(
    async (keys) => {
      const [userIds, messageIds] = [keys.map(({ userId }) => userId), keys.map(({ messageId }) => messageId)];
      const rows = await statement<SavedMessageRow>(Prisma.sql`
        SELECT ${savedColumns} FROM unnest(${userIds}::uuid[], ${messageIds}::uuid[]) AS w (user_id, message_id)
        JOIN saved_message s ON s.user_id = w.user_id AND s.message_id = w.message_id AND s.removed_at IS NULL`);
      return byKey(keys.map(viewerMessageKey), rows, viewerMessageKey);
    },
    { cacheKeyFn: viewerMessageKey },
  );

/** Lists the user's saved messages, last saved first. */
export function listSavedMessages(statement: Statement, userId: string, page: Page<TimeKey>): Promise<SavedMessage[]> {
  const { within, order } = newestFirst(page, Prisma.sql`s.saved_at`, Prisma.sql`s.message_id`);
  return statement<SavedMessage>(Prisma.sql`
    SELECT ${savedColumns} FROM saved_message s
    WHERE s.user_id = ${userId}::uuid AND s.removed_at IS NULL ${within}
    ORDER BY ${order} LIMIT ${fetchLimit(page)}`);
}
