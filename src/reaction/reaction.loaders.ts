import DataLoader from 'dataloader';
import { byKey, groupsByKey } from '../database/batch.ts';
import { columns } from '../database/columns.ts';
import { Prisma, type PrismaClient, type Reaction, type ReactionCount } from '../database/generated/client.ts';
import { createPagesLoader } from '../database/page.ts';
import type { Statement } from '../database/statement.ts';
import { limits } from '../limits.ts';

const selectReactions = Prisma.sql`SELECT ${columns('r', Prisma.ReactionScalarFieldEnum)} FROM reaction r`;
const reactionCountColumns = columns('k', Prisma.ReactionCountScalarFieldEnum);

export const createReactionLoader = (db: PrismaClient) =>
  new DataLoader<string, Reaction | null>(async (ids) => {
    const reactions = await db.reaction.findMany({ where: { id: { in: [...ids] } } });
    return byKey(ids, reactions, (reaction) => reaction.id);
  });

/** A message's first reactions, in the order in which they were added. */
export const createReactionsOfLoader = (statement: Statement) =>
  new DataLoader<string, Reaction[]>(async (messageIds) => {
    const reactions = await statement<Reaction>(Prisma.sql`
      SELECT listed.* FROM unnest(${messageIds}::uuid[]) AS asked (id)
      CROSS JOIN LATERAL (
        ${selectReactions} WHERE r.message_id = asked.id ORDER BY r.position LIMIT ${limits.listedReactions}) AS listed`);
    return groupsByKey(messageIds, reactions, (reaction) => reaction.messageId);
  });

/** A message's emoji with their counts, in the order in which each was first added. */
export const createReactionGroupsOfLoader = (statement: Statement) =>
  new DataLoader<string, ReactionCount[]>(async (messageIds) => {
    const groups = await statement<ReactionCount>(Prisma.sql`
      SELECT ${reactionCountColumns} FROM reaction_count k
      WHERE k.message_id = ANY(${messageIds}::uuid[]) ORDER BY k.position`);
    return groupsByKey(messageIds, groups, (group) => group.messageId);
  });

interface OneUsers {
  messageId: string;
  userId: string;
}
const oneUsers = ({ messageId, userId }: OneUsers) => `${messageId} ${userId}`;

/** The emoji with which a user has reacted to a message. */
export const createReactionsOfUserLoader = (statement: Statement) =>
  new DataLoader<OneUsers, ReadonlySet<string>, string>(
    async (keys) => {
      const rows = await statement<OneUsers & { emoji: string }>(Prisma.sql`
        SELECT r.message_id AS "messageId", r.user_id AS "userId", r.emoji
        FROM unnest(${keys.map((key) => key.messageId)}::uuid[], ${keys.map((key) => key.userId)}::uuid[]) AS asked (message_id, user_id)
        JOIN reaction r USING (message_id, user_id)`);
      return groupsByKey(keys.map(oneUsers), rows, oneUsers).map((own) => new Set(own.map(({ emoji }) => emoji)));
    },
    { cacheKeyFn: oneUsers },
  );

/** Pages of the reactions of a message with one emoji. */
export const createReactionsWithLoader = (statement: Statement) =>
  createPagesLoader<Pick<ReactionCount, 'messageId' | 'emoji'>, number, Reaction>(statement, {
    asked: (of) => Prisma.sql`
      unnest(${of.map(({ messageId }) => messageId)}::uuid[], ${of.map(({ emoji }) => emoji)}::text[])
      WITH ORDINALITY AS asked (id, emoji, n)`,
    id: ({ messageId, emoji }) => `${messageId} ${emoji}`,
    select: Prisma.sql`${selectReactions} WHERE r.message_id = asked.id AND r.emoji = asked.emoji`,
    key: [Prisma.sql`r.position`],
    values: (position) => [Prisma.sql`${position}`],
  });
