import DataLoader from 'dataloader';
import type { Statement } from '../database/statement.ts';
import { lookAt, type Seen } from './presence-sight.ts';
import type { PresenceSight } from './presence-topic.ts';

/** Maximum number of pairs in one statement. */
const BATCH = 1_000;

export interface Look {
  /** The time at which the read began, by this server's clock. */
  began: number;
  /** Null if the user does not exist. */
  seen: Seen | null;
}

/** Reads what viewers may see. Reads that begin together share a statement, and devices of one viewer share a pair. */
export const createLook = (statement: Statement, retryWhileAway: <T>(read: () => Promise<T>) => Promise<T>) =>
  new DataLoader<PresenceSight, Look>(
    async (sights) => {
      const began = performance.now();
      const pairs = new Map(
        sights.map((sight) => [keyOf(sight), { viewerId: sight.userId, userId: sight.topic.userId }]),
      );
      const rows = await retryWhileAway(() => lookAt(statement, [...pairs.values()]));
      const found = new Map(rows.map((row) => [`${row.viewerId} ${row.userId}`, row]));
      return sights.map((sight) => ({ began, seen: found.get(keyOf(sight)) ?? null }));
    },
    { cache: false, maxBatchSize: BATCH },
  );

const keyOf = ({ userId, topic }: PresenceSight): string => `${userId} ${topic.userId}`;
