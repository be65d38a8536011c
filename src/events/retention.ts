import type { Logger } from 'pino';
import { Prisma, type PrismaClient } from '../database/generated/client.ts';

/** Rows of one batch: a writer waits for no more than that. */
const BATCH = 1_000;
/** Chats of one batch: each takes its members along. */
const CHATS = 10;
/** Of the advisory lock: one server at a time does a batch. */
const LOCK = 72_707_370;
const LONGEST_PAUSE = 60_000;
/** What a deleted chat held stays this long, so that what is under way to its members finds its rows. */
const PURGE_AFTER = Prisma.sql`interval '1 minute'`;

export interface RetentionOptions {
  db: PrismaClient;
  logger: Logger;
  /** How long events are kept, in milliseconds. */
  logRetentionMs: number;
  /** Other things to remove, in batches; answers how many were. */
  others?: ((limit: number) => Promise<number>)[];
}

/** Removes, in the background and in bounded batches, what has outlived its time. */
export function startRetention({ db, logger, logRetentionMs, others = [] }: RetentionOptions) {
  const expired = (time: Prisma.Sql) => Prisma.sql`${time} < clock_timestamp() - ${logRetentionMs} * interval '1 ms'`;

  const tasks = [
    ...others,

    /** Messages of deleted chats, with their reactions. */
    batch(Prisma.sql`
      WITH gone AS (
        DELETE FROM message WHERE id IN (
          SELECT m.id FROM chat c JOIN message m ON m.chat_id = c.id
          WHERE c.deleted_at < clock_timestamp() - ${PURGE_AFTER} LIMIT ${BATCH})
        RETURNING 1
      )
      SELECT count(*)::int AS removed FROM gone`),

    /** The oldest part of the log, and the keys whose answers were its events. */
    batch(Prisma.sql`
      WITH gone AS (
        DELETE FROM event WHERE (chat_id, position) IN (
          SELECT chat_id, position FROM event
          WHERE ${expired(Prisma.sql`occurred_at`)} ORDER BY occurred_at LIMIT ${BATCH})
        RETURNING chat_id, position
      ), keys AS (
        DELETE FROM idempotency_key k USING gone WHERE k.chat_id = gone.chat_id AND k.position = gone.position
      )
      SELECT count(*)::int AS removed FROM gone`),

    /** Deleted chats of which nothing is left but who was in them. */
    batch(Prisma.sql`
      WITH gone AS (
        DELETE FROM chat WHERE id IN (
          SELECT id FROM chat c WHERE ${expired(Prisma.sql`c.deleted_at`)}
            AND NOT EXISTS (SELECT FROM message WHERE chat_id = c.id)
            AND NOT EXISTS (SELECT FROM event WHERE chat_id = c.id)
          LIMIT ${CHATS})
        RETURNING id
      ), keys AS (
        DELETE FROM idempotency_key k USING gone WHERE k.chat_id = gone.id
      )
      SELECT count(*)::int AS removed FROM gone`),
  ];

  /** Does one batch, unless another server is at it. Answers how many rows it removed. */
  function batch(statement: Prisma.Sql): () => Promise<number> {
    return () =>
      db.$transaction(async (tx) => {
        const [lock] = await tx.$queryRaw<[{ mine: boolean }]>`SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine`;
        if (!lock.mine) return 0;
        const [{ removed }] = await tx.$queryRaw<[{ removed: number }]>(statement);
        return removed;
      });
  }

  let stopped = false;

  async function sweep(): Promise<void> {
    for (const task of tasks) {
      let removed;
      do removed = stopped ? 0 : await task(BATCH);
      while (removed > 0);
    }
  }

  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const schedule = () => {
    timer = setTimeout(
      () => {
        running = sweep()
          .catch((error: unknown) => logger.warn({ err: error }, 'retention will be tried again'))
          .then(() => (stopped ? undefined : schedule()));
      },
      Math.min(LONGEST_PAUSE, logRetentionMs / 2),
    );
  };
  schedule();

  return {
    /** Does at once what the timer would do. */
    sweep,

    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
