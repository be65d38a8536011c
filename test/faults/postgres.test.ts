import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { createTestPubSub, startTestServer, type TestServer } from '../support/app.ts';
import { group, mutation, send } from '../support/documents.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { until } from '../support/until.ts';

/** The default of RECONCILE_MS. */
const RECONCILE_MS = 1_000;

/** A database of its own, because ending its connections would affect the tests that run beside this one. */
let empty: EmptyDatabase;
let direct: Database;
let database: Database;
let proxy: Proxy;
let server: TestServer;
let stop: () => Promise<void>;
/** How often the server could not read the log. */
let unreachable = 0;

beforeAll(async () => {
  empty = await createEmptyDatabase();
  const { url } = empty;
  direct = await openDatabase({ url, dataDir: '', poolSize: 5 });
  proxy = await startProxy({ target: { host: new URL(url).hostname, port: Number(new URL(url).port || 5432) } });
  database = await openDatabase({ url: proxy.through(url), dataDir: '', poolSize: 5 });
  const pubsub = createTestPubSub(database.deploymentId);
  const logger = pino({}, { write: (line) => void (line.includes('could not be read') && unreachable++) });
  server = await startTestServer({ database, pubsub, logger });
  stop = async () => {
    await server.stop();
    await pubsub.close();
  };
});
afterAll(async () => {
  await stop();
  await database.close();
  await direct.close();
  await proxy.close();
  await empty.drop();
});

test(
  'PostgreSQL restarted under load: a clear error meanwhile, nothing is half done, and the server recovers by itself',
  { timeout: 40_000 },
  async () => {
    const ada = await server.user('ada');
    const chat = await group(ada);
    const follower = await Follower.start(ada);
    const acknowledged = new Map<string, string>();
    const errors: { message: string; extensions: { code: string } }[] = [];
    let running = true;
    let sent = 0;
    const load = Promise.all(
      Array.from({ length: 6 }, async () => {
        while (running) {
          const content = `${++sent}`;
          const answer = await ada.request(mutation('sendMessage'), { input: { chatId: chat.id, content } });
          if (answer.errors) errors.push(...answer.errors);
          else acknowledged.set((answer.data!.sendMessage as { id: string }).id, content);
          await sleep(10);
        }
      }),
    );
    await follower.reaches(chat.id, 20);
    for (let restarts = 0; restarts < 3; restarts++) {
      await direct.pool!.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      proxy.cut();
      const failed = errors.length;
      await until(() => errors.length > failed);
      await sleep(500);
      proxy.heal();
      const healed = performance.now();
      const before = acknowledged.size;
      await until(() => acknowledged.size > before + 6);
      figure('PostgreSQL back: messages are sent again after', performance.now() - healed, { below: 3 * RECONCILE_MS });
    }
    running = false;
    await load;
    const { position } = await send(ada, chat, 'the last');
    await follower.reaches(chat.id, position);
    expect(follower.errors).toEqual([]);
    expect(follower.closed).toBeUndefined();
    expect(follower.positions(chat.id)).toEqual(consecutive(3, position));
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['UNAVAILABLE']));
    // A refused message is stored completely or not at all, and an acknowledged one is stored once.
    const [counted] = await direct.db.$queryRaw<[{ messages: number; events: number }]>`
    SELECT (SELECT count(*)::int FROM message m WHERE m.author_id = ${ada.rowId}::uuid) AS messages,
           (SELECT count(*)::int FROM event e WHERE e.actor_id = ${ada.rowId}::uuid AND e.type = 'MESSAGE_CREATED') AS events`;
    expect(counted.messages).toBe(position - 1);
    expect(counted.events).toBe(position - 1);
    expect(counted.messages).toBeGreaterThanOrEqual(acknowledged.size + 1);
  },
);

test('an event that cannot be shown while the database is away is shown completely when it is back', async () => {
  const healthy = await startTestServer({ database: direct });
  onTestFinished(healthy.stop);
  const ada = await healthy.user('ada');
  const chat = await group(ada);
  const beside = await Follower.start(ada);
  const follower = await Follower.start(ada, server);
  proxy.cut();
  unreachable = 0;
  await send(ada, chat, 'one');
  await send(ada, chat, 'two');
  await beside.reaches(chat.id, 4);
  // The server has tried in vain.
  await until(() => unreachable > 3);
  expect(follower.positions(chat.id)).toEqual([]);
  proxy.heal();
  await follower.reaches(chat.id, 4);
  expect(follower.positions(chat.id)).toEqual([3, 4]);
  expect(follower.errors).toEqual([]);
});
