import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Database } from '../../src/database/open.ts';
import { openTestDatabase } from '../support/database.ts';
import { startClusterInProcess } from './cluster.ts';
import { letHistoriesHappen, type Seen } from './happening.ts';

/**
 * The number of histories, and how many run at once, because most of a history is waiting. The embedded database has
 * one connection.
 */
const embedded = 'image' in inject('database');
const runs = Number(process.env.PARLEY_HISTORIES ?? (embedded ? 20 : 200));
const lanes = embedded ? 1 : 4;

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const seen: Seen = new Map();

test.concurrent.for(Array.from({ length: lanes }, (_, lane) => lane))(
  'in every random history each client receives each event once, in order, and ends with the state of a fresh query (lane %i)',
  { timeout: 10_000 + runs * 5_000 },
  async (_, { onTestFinished }) => {
    const cluster = await startClusterInProcess(database);
    onTestFinished(cluster.stop);
    await letHistoriesHappen({ cluster, db: database.db, seen }, Math.ceil(runs / lanes));
  },
);

/** Items that occur often in hundreds of histories, and items that occur once in a hundred. */
const frequent = [
  ...['MessageCreated', 'MessageEdited', 'MessageDeleted', 'ReactionAdded', 'MemberAdded', 'MemberRemoved'],
  ...['ChatAdded', 'ChatUpdated', 'ChatDeleted', 'EventSkipped', 'ViewerChatStateChanged'],
  ...['DraftChanged', 'SavedMessageChanged'],
].flatMap((type) => [`${type} live`, `${type} replayed`]);
const rare = ['ReactionRemoved live', 'ReactionRemoved replayed', 'ChatReset replayed'];

test.runIf(runs >= 200)('the histories show every kind of item, live and replayed', () => {
  console.log(Object.fromEntries([...seen].toSorted()));
  expect([...seen.keys()]).toEqual(expect.arrayContaining(runs >= 2_000 ? [...frequent, ...rare] : frequent));
});
