import { expect, test } from 'vitest';
import { openTestDatabase } from '../support/database.ts';
import { letHistoriesHappen, type Seen } from '../model/happening.ts';
import { startClusterOfProcesses } from '../model/process-cluster.ts';

const runs = Number(process.env.PARLEY_PROCESS_HISTORIES ?? 10);

test(
  'the same with real processes that are killed, and a real Redis that dies',
  { timeout: 30_000 * runs },
  async () => {
    const database = await openTestDatabase();
    const cluster = await startClusterOfProcesses();
    const seen: Seen = new Map();
    try {
      await letHistoriesHappen({ cluster, db: database.db, seen }, runs);
    } finally {
      await cluster.stop();
      await database.close();
    }
    console.log(Object.fromEntries([...seen].toSorted()));
    expect(seen.size).toBeGreaterThan(5);
  },
);
