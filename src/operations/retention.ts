import type { Logger } from 'pino';
import { Prisma, type PrismaClient } from '../database/generated/client.ts';

/** Maximum number of rows in one batch, so that other writers wait only briefly. */
const BATCH = 1_000;
/** Maximum number of chats in one batch. Their members are removed with them. */
const CHATS = 10;
/** Key of the advisory lock that lets only one server run a batch at a time. */
const LOCK = 72_707_370;
const LONGEST_PAUSE = 60_000;
/** Messages of a deleted chat are kept this long, so that events that are still being delivered can read them. */
const PURGE_AFTER = Prisma.sql`interval '1 minute'`;

export interface RetentionOptions {
  db: PrismaClient;
  logger: Logger;
  /** Milliseconds that events are kept. */
  logRetentionMs: number;
  /** Further tasks. Each removes at most this many rows, and returns how many it removed. */
  others?: ((limit: number) => Promise<number>)[];
}

/** Removes expired rows in the background, in bounded batches. */
export function startRetention({ db, logger, logRetentionMs, others = [] }: RetentionOptions) {
  const expired = (time: Prisma.Sql) => Prisma.sql`${time} < clock_timestamp() - ${logRetentionMs} * interval '1 ms'`;

  // Arrays and LATERAL make the planner use indexes. With IN and JOIN it reads whole tables.
  const tasks = [
    ...others,

    /** This removes messages of deleted chats, with their reactions. */
    batch(Prisma.sql`
      WITH gone AS (
        DELETE FROM message WHERE id = ANY(ARRAY(
          SELECT m.id FROM chat c
          CROSS JOIN LATERAL (SELECT id FROM message WHERE chat_id = c.id LIMIT ${BATCH}) m
          WHERE c.deleted_at < clock_timestamp() - ${PURGE_AFTER} LIMIT ${BATCH}))
        RETURNING 1
      )
      SELECT count(*)::int AS removed FROM gone`),

    /** This removes the oldest part of the log, and the idempotency keys that refer to it. */
    batch(Prisma.sql`
      WITH gone AS (
        DELETE FROM event WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM event
          WHERE ${expired(Prisma.sql`occurred_at`)} ORDER BY occurred_at LIMIT ${BATCH}))
        RETURNING chat_id, position
      ), keys AS (
        DELETE FROM idempotency_key k USING gone WHERE k.chat_id = gone.chat_id AND k.position = gone.position
      )
      SELECT count(*)::int AS removed FROM gone`),

    /** This removes deleted chats without messages and events, with their members. */
    batch(Prisma.sql`
      WITH gone AS (
        DELETE FROM chat WHERE id = ANY(ARRAY(
          SELECT id FROM chat c WHERE ${expired(Prisma.sql`c.deleted_at`)}
            AND NOT EXISTS (SELECT FROM message WHERE chat_id = c.id)
            AND NOT EXISTS (SELECT FROM event WHERE chat_id = c.id)
          LIMIT ${CHATS}))
        RETURNING id
      ), keys AS (
        DELETE FROM idempotency_key k USING gone WHERE k.chat_id = gone.id
      )
      SELECT count(*)::int AS removed FROM gone`),
  ];

  /** Runs one batch, unless another server is running one. Returns how many rows it removed. */
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
    /** Runs all tasks now, as the timer does. */
    sweep,

    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
