import { databaseTime, type Transaction } from '../database/clock.ts';
import { fetchLimit, newestFirst, type Page, type TimeKey } from '../database/page.ts';
import { Prisma, type Block, type PrismaClient } from '../database/generated/client.ts';
import { NotFoundError } from '../errors.ts';
import { lockUsers } from '../log/consent.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';
import { requireRoomToBlock, requireSomebodyElse } from './block.rules.ts';

export function createBlockService({ db, mutations }: { db: PrismaClient; mutations: MutationRunner }) {
  /** Each may look at the presence of the other, on any server. */
  function hint(userId: string, otherId: string): void {
    mutations.publish.presence(userId, { apartFrom: otherId });
    mutations.publish.presence(otherId, { apartFrom: userId });
  }

  return {
    /** Once this has committed, neither user can write to the other. Blocking twice changes nothing. */
    async block(userId: string, blockedId: string): Promise<Block> {
      requireSomebodyElse(userId, blockedId);
      const block = await mutations.ofViewer(
        userId,
        async (own) => {
          const where = { userId_blockedId: { userId, blockedId } };
          const before = await own.tx.block.findUnique({ where });
          if (before?.removedAt === null) return before;
          requireRoomToBlock(await own.tx.block.count({ where: { userId, removedAt: null } }));
          const version = own.nextVersion();
          const createdAt = await databaseTime(own.tx);
          own.write(Prisma.sql`
            INSERT INTO block (user_id, blocked_id, version, created_at)
            VALUES (${userId}::uuid, ${blockedId}::uuid, ${version}::int, ${createdAt})
            ON CONFLICT (user_id, blocked_id) DO UPDATE SET
              version = excluded.version, created_at = excluded.created_at, removed_at = NULL`);
          return { userId, blockedId, version, createdAt, removedAt: null };
        },
        (tx) => part(tx, userId, blockedId),
      );
      hint(userId, blockedId);
      return block;
    },

    /** If there is no block, the mutation succeeds all the same. */
    async unblock(userId: string, blockedId: string): Promise<{ userId: string; at: Date }> {
      const removed = await mutations.ofViewer(userId, async (own) => {
        const at = await databaseTime(own.tx);
        const lasting = { userId, blockedId, removedAt: null };
        if ((await own.tx.block.count({ where: lasting })) > 0) {
          own.write(Prisma.sql`
            UPDATE block SET version = ${own.nextVersion()}::int, removed_at = ${at}
            WHERE user_id = ${userId}::uuid AND blocked_id = ${blockedId}::uuid`);
        }
        return { userId: blockedId, at };
      });
      hint(userId, blockedId);
      return removed;
    },

    async list(userId: string, page: Page<TimeKey>): Promise<Block[]> {
      const { within, order } = newestFirst(page, Prisma.sql`created_at`, Prisma.sql`blocked_id`);
      return db.$queryRaw<Block[]>`
        SELECT user_id AS "userId", blocked_id AS "blockedId", version, created_at AS "createdAt", removed_at AS "removedAt"
        FROM block WHERE user_id = ${userId}::uuid AND removed_at IS NULL
          ${within} ORDER BY ${order} LIMIT ${fetchLimit(page)}`;
    },
  };
}

/**
 * Locks the two users, and raises the `rights_version` of their direct chat, so that cached decisions about its rights
 * no longer count. It cannot deadlock, because no transaction waits for users while it holds a direct chat's lock. A
 * transaction that creates a chat holds both users, so that the chat is either found here or created after the block.
 */
async function part(tx: Transaction, userId: string, blockedId: string): Promise<void> {
  await lockUsers(tx, [userId, blockedId]);
  if ((await tx.user.count({ where: { id: blockedId } })) === 0) throw new NotFoundError('This user does not exist.');
  const pair = [userId, blockedId].toSorted().join(':');
  await tx.chat.updateMany({ where: { directPair: pair, deletedAt: null }, data: { rightsVersion: { increment: 1 } } });
}
