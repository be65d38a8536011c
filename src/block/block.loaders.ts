import DataLoader from 'dataloader';
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';

interface Pair {
  userId: string;
  blockedId: string;
}

const keyOf = ({ userId, blockedId }: Pair): string => `${userId} ${blockedId}`;

/** Loads whether users have blocked others, in one statement. */
export const createBlockedLoader = (statement: Statement) =>
  new DataLoader<Pair, boolean, string>(
    async (pairs) => {
      const [userIds, blockedIds] = [pairs.map(({ userId }) => userId), pairs.map(({ blockedId }) => blockedId)];
      const rows = await statement<Pair>(Prisma.sql`
        SELECT k.user_id AS "userId", k.blocked_id AS "blockedId"
        FROM unnest(${userIds}::uuid[], ${blockedIds}::uuid[]) AS w (user_id, blocked_id)
        JOIN block k ON k.user_id = w.user_id AND k.blocked_id = w.blocked_id AND k.removed_at IS NULL`);
      const blocked = new Set(rows.map(keyOf));
      return pairs.map((pair) => blocked.has(keyOf(pair)));
    },
    { cacheKeyFn: keyOf },
  );
