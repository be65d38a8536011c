import type { PrismaClient } from './generated/client.ts';

const BEYOND = 1_000_000;

/**
 * After a restore from a backup, or a failover that lost the tail of the log: positions that clients have seen must
 * never be handed out again. Each chat gets a hole that answers them with `ChatReset`, and the Redis channels get
 * another prefix, so that servers which still run elsewhere are not heard. Answers how many chats there are.
 */
export async function restored(db: PrismaClient): Promise<number> {
  const [chats] = await db.$transaction([
    // A deleted chat hands out no more positions, and its newest event is found by its position.
    db.chat.updateMany({ where: { deletedAt: null }, data: { position: { increment: BEYOND } } }),
    db.$executeRaw`UPDATE deployment SET id = gen_random_uuid()`,
  ]);
  return chats.count;
}
