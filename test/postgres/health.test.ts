import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestPubSub, startTestServer, type TestServer } from '../support/app.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';
import { openDatabase, type Database } from '../../src/database/open.ts';
import type { PubSub } from '../../src/events/pubsub.ts';
import { until } from '../support/until.ts';

let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
let pubsub: PubSub;
let server: TestServer;
beforeAll(async () => {
  empty = await createEmptyDatabase();
  database = await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 5 });
  pubsub = createTestPubSub(database.deploymentId);
  await until(() => pubsub.health().connected);
  server = await startTestServer({ database, pubsub, canaryMs: 200 });
});
afterAll(async () => {
  await server.stop();
  await pubsub.close();
  await database.close();
  await empty.drop();
});

interface Health {
  ready: boolean;
  feeds: number;
}

const ask = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${server.app.port}${path}`);
  return { status: response.status, ...((await response.json()) as Health) };
};

test('a server on which events are delivered is ready, and tells how it stands', async () => {
  // It may not have its canary yet.
  let health = await ask('/health');
  await until(async () => {
    health = await ask('/health');
    return health.ready && health.feeds === 1;
  });
  expect(health).toMatchObject({
    status: 200,
    canary: { alive: true, ageMs: expect.any(Number), lagMs: expect.any(Number) },
    redis: { connected: true, failedPublishes: 0 },
    users: 0,
    groups: 0,
    subscribers: 0,
  });
});

test('a server whose events get stuck is not ready, though the database and Redis answer, until they flow again', async () => {
  const blocker = await empty.connect();
  await blocker.query('BEGIN; SELECT 1 FROM chat FOR UPDATE');
  await until(async () => (await ask('/health/ready')).status === 503);
  expect(await ask('/health/live')).toMatchObject({ status: 200, ready: false });
  expect((await database.db.user.count()) > 0).toBe(true);
  await blocker.query('ROLLBACK');
  await until(async () => (await ask('/health/ready')).status === 200);
});
