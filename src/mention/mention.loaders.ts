import DataLoader from 'dataloader';
import { groupsByKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma } from '../database/generated/client.ts';
import { publicUser, type PublicUser } from '../database/public-user.ts';
import type { Statement } from '../database/statement.ts';

/** Loads the users whom messages mention, in the order of their ids, in one statement. */
export const createMentionedUsersLoader = (statement: Statement) =>
  new DataLoader<string, readonly PublicUser[]>(async (messageIds) => {
    const rows = await statement<PublicUser & { messageId: string }>(Prisma.sql`
      SELECT d.message_id AS "messageId", ${columns('u', publicUser)}
      FROM mention d JOIN "user" u ON u.id = d.user_id
      WHERE d.message_id = ANY(${messageIds}::uuid[]) ORDER BY d.user_id`);
    return groupsByKey(messageIds, rows, ({ messageId }) => messageId);
  });
