import DataLoader from 'dataloader';
import { byKey, groupsByKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type PrismaClient, type Reaction } from '../database/generated/client.ts';
import type { Statement } from '../database/open.ts';

const reactionColumns = columns('r', Prisma.ReactionScalarFieldEnum);

export const createReactionLoader = (db: PrismaClient) =>
  new DataLoader<string, Reaction | null>(async (ids) => {
    const reactions = await db.reaction.findMany({ where: { id: { in: [...ids] } } });
    return byKey(ids, reactions, (reaction) => reaction.id);
  });

/** A message's reactions, in the order in which they were added. */
export const createReactionsOfLoader = (statement: Statement) =>
  new DataLoader<string, Reaction[]>(async (messageIds) => {
    const reactions = await statement<Reaction>(Prisma.sql`
      SELECT ${reactionColumns} FROM reaction r WHERE r.message_id = ANY(${messageIds}::uuid[]) ORDER BY r.position`);
    return groupsByKey(messageIds, reactions, (reaction) => reaction.messageId);
  });
