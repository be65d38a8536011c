import type { PrismaClient } from '../database/generated/client.ts';
import type { Transaction } from '../database/clock.ts';

const BEYOND = 1_000_000;
/** Maximum number of chats or users in one statement, so that none exceeds its deadline. */
const BATCH = 5_000;
/** Maximum milliseconds for all statements together. */
const LONGEST = 600_000;

/**
 * After a restore from a backup: positions that clients have seen, and versions of rights that servers remember, must
 * never be used again. Each chat gets a gap that is answered with `ChatReset`, each user's viewer state begins anew
 * with `ViewerStateReset`, and the Redis channels get another prefix, so that servers which still run elsewhere are not
 * heard. Gap and prefix together take the part of an epoch of the log. Returns how many chats there are.
 */
export function restored(db: PrismaClient): Promise<number> {
  const work = async (tx: Transaction) => {
    const chats = await makeHoles(tx);
    await raiseViewerVersions(tx);
    await tx.$executeRaw`UPDATE deployment SET id = gen_random_uuid()`;
    return chats;
  };
  return db.$transaction(work, { timeout: LONGEST });
}

/**
 * Does the same after a failover, which may have lost the tail of the log. The running servers keep their channels. One
 * server does it, once for each timeline. Returns whether this server did.
 */
export function failedOver(db: PrismaClient, timeline: number): Promise<boolean> {
  const work = async (tx: Transaction) => {
    const mine = await tx.$queryRaw<unknown[]>`
      SELECT FROM deployment WHERE timeline IS DISTINCT FROM ${timeline} FOR UPDATE SKIP LOCKED`;
    if (mine.length === 0) return false;
    await makeHoles(tx);
    await raiseViewerVersions(tx);
    await tx.$executeRaw`UPDATE deployment SET timeline = ${timeline}`;
    return true;
  };
  return db.$transaction(work, { timeout: LONGEST });
}

async function makeHoles(tx: Transaction): Promise<number> {
  // A deleted chat gets no more positions, and its position must stay that of its last event.
  return inBatches(
    (last) => tx.$queryRaw<{ id: string }[]>`
      UPDATE chat SET position = position + ${BEYOND}::int, rights_version = rights_version + ${BEYOND}::int
      WHERE deleted_at IS NULL AND id = ANY(ARRAY(
        SELECT id FROM chat WHERE id > ${last}::uuid AND deleted_at IS NULL ORDER BY id LIMIT ${BATCH}))
      RETURNING id`,
  );
}

/** Users without a version are included: a version that a client has seen may have been lost. */
async function raiseViewerVersions(tx: Transaction): Promise<void> {
  await inBatches(
    (last) => tx.$queryRaw<{ id: string }[]>`
      INSERT INTO viewer_version AS v (user_id, version, floor)
      SELECT id, ${BEYOND}::int, ${BEYOND}::int FROM "user" WHERE id > ${last}::uuid ORDER BY id LIMIT ${BATCH}
      ON CONFLICT (user_id) DO UPDATE SET version = v.version + ${BEYOND}::int, floor = v.version + ${BEYOND}::int
      RETURNING user_id AS id`,
  );
}

/** Changes rows in the order of their ids until none is left, and returns how many there were. */
async function inBatches(change: (last: string) => Promise<{ id: string }[]>): Promise<number> {
  let count = 0;
  for (let last: string | undefined = '00000000-0000-0000-0000-000000000000'; last !== undefined;) {
    const ids: string[] = (await change(last)).map(({ id }) => id);
    count += ids.length;
    last = ids.toSorted().at(-1);
  }
  return count;
}
