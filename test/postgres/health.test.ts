import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestPubSub, startTestServer, type TestServer } from '../support/app.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';
import { openDatabase, type Database } from '../../src/database/open.ts';
import type { PubSub } from '../../src/pubsub/pubsub.ts';
import { until } from '../support/until.ts';

const CANARY_MS = 300;

let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
let pubsub: PubSub;
let server: TestServer;
beforeAll(async () => {
  empty = await createEmptyDatabase();
  // The canary waits 200 ms for a lock.
  database = await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 5, timeoutMs: 1_500 });
  pubsub = createTestPubSub(database.deploymentId);
  await until(() => pubsub.health().connected);
  server = await startTestServer({ database, pubsub, canaryMs: CANARY_MS });
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
  canary: { ageMs: number | null };
}

const ask = async (path: string, of = server) => {
  const response = await fetch(`http://127.0.0.1:${of.app.port}${path}`);
  return { status: response.status, ...((await response.json()) as Health) };
};
const isReady = async (of = server) => (await ask('/health/ready', of)).status === 200;
/** The chats of canaries are marked as deleted from the beginning. */
const canaryChats = () => database.db.chat.findMany({ where: { createdById: null } });

test('a server that delivers events is ready, and reports its state', async () => {
  // The server may not have its canary yet.
  let health = await ask('/health');
  await until(async () => {
    health = await ask('/health');
    return health.ready && health.feeds === 1;
  });
  expect(health).toMatchObject({
    status: 200,
    canary: { alive: true, ageMs: expect.any(Number), lagMs: expect.any(Number) },
    redis: { connected: true, failedPublishes: 0, refusedSubscriptions: 0 },
    users: 0,
    cohorts: 0,
    subscribers: 0,
  });
});

test('a server whose events get stuck is not ready until they flow again, even if the database and Redis answer', async () => {
  const blocker = await empty.connect();
  await blocker.query('BEGIN; LOCK TABLE event');
  await until(async () => !(await isReady()));
  expect(await ask('/health/live')).toMatchObject({ status: 200, ready: false });
  expect((await database.db.deployment.count()) > 0).toBe(true);
  await blocker.query('ROLLBACK');
  await until(isReady);
});

test('locked rows of chats, even of the canary’s, do not make a server unready', async () => {
  await until(isReady);
  const [before] = await canaryChats();
  const blocker = await empty.connect();
  await blocker.query('BEGIN; SELECT 1 FROM chat FOR UPDATE');
  // The canary has taken another chat, which is not locked, and its events arrive.
  await until(async () => (await canaryChats()).some(({ id, position }) => id !== before!.id && position > 3));
  expect(await isReady()).toBe(true);
  await blocker.query('ROLLBACK');
});

test('a server is not ready before its first event was delivered', async () => {
  const blocker = await empty.connect();
  await blocker.query('BEGIN; LOCK TABLE event');
  const late = await startTestServer({ database, canaryMs: CANARY_MS });
  onTestFinished(late.stop);
  expect(await isReady(late)).toBe(false);
  expect(await ask('/health', late)).toMatchObject({ status: 503, canary: { ageMs: null } });
  await blocker.query('ROLLBACK');
  await until(() => isReady(late));
});

test('few events of the canary are kept, and its chat is removed with the server', async () => {
  const before = new Set((await canaryChats()).map(({ id }) => id));
  const fast = await startTestServer({ database, canaryMs: 5 });
  let own: string | undefined;
  await until(async () => {
    const chat = (await canaryChats()).find(({ id, position }) => !before.has(id) && position > 150);
    own = chat?.id;
    return own !== undefined;
  });
  expect(await database.db.event.count({ where: { chatId: own! } })).toBeLessThanOrEqual(100);
  await fast.stop();
  expect(await database.db.chat.count({ where: { id: own! } })).toBe(0);
});
