import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/database/open.ts';
import { createRedisPubSub } from '../../src/pubsub/redis.ts';
import { secret, startTestServer, type TestServer } from '../support/app.ts';
import { openTestDatabase } from '../support/database.ts';
import { add, group, send } from '../support/documents.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startRedisServer, type RedisServer } from '../support/redis-server.ts';
import { startServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** An event that is found only by the comparison with the database may be late by three comparisons. */
const WITHOUT_REDIS = { below: 3 * 1_000 };
const WITH_REDIS = { below: 500 };

let database: Database;
let redis: RedisServer;
/** A proxy between the second server and Redis. */
let proxy: Proxy;
let one: TestServer;
let two: TestServer;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  redis = await startRedisServer();
  proxy = await startProxy({ target: { host: '127.0.0.1', port: redis.port } });
  one = await start(redis.url);
  two = await start(proxy.through(redis.url));
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await proxy.close();
  await redis.kill();
});

async function start(url: string): Promise<TestServer> {
  const logger = pino({ level: 'silent' });
  const pubsub = createRedisPubSub({ url, prefix: `${database.deploymentId}:`, logger, timeout: 500 });
  const server = await startTestServer({ database, pubsub });
  stops.push(async () => {
    await server.stop();
    await pubsub.close();
  });
  return server;
}

const connected = async (server: TestServer) =>
  ((await (await fetch(new URL('/health', server.url))).json()) as { redis: { connected: boolean } }).redis.connected;

/** Creates two members of a chat, each at another server. */
async function pair() {
  const ada = await one.user('ada');
  const bob = (await one.user('bob')).at(two);
  return { ada, bob, chat: await group(ada, bob) };
}

/** Sends without a pause, and notes when each position was acknowledged. */
function load(...[ada, chat]: [Awaited<ReturnType<typeof pair>>['ada'], { id: string }]) {
  const acknowledged = new Map<number, number>();
  let running = true;
  const sending = (async () => {
    while (running) {
      const { position } = await send(ada, chat);
      acknowledged.set(position, performance.now());
      await sleep(20);
    }
  })();
  return {
    acknowledged,
    stop: async () => {
      running = false;
      await sending;
      return Math.max(...acknowledged.keys());
    },
  };
}

/** The longest time between an acknowledgement and its delivery since a given moment. */
const slowest = (follower: Follower, acknowledged: Map<number, number>, from = 0): number =>
  Math.max(...follower.items.map(({ position, at }) => (at < from ? 0 : at - (acknowledged.get(position!) ?? at))));

test(
  'Redis killed for 10 s under load: delivery continues, at most 3 s late, and nothing is lost or doubled',
  { timeout: 40_000 },
  async () => {
    const { ada, bob, chat } = await pair();
    const follower = await Follower.start(bob);
    const { acknowledged, stop } = load(ada, chat);
    await follower.reaches(chat.id, 5);
    await redis.kill();
    const killed = performance.now();
    await until(() => follower.items.some(({ at }) => at > killed + 100));
    const first = follower.items.find(({ at }) => at > killed + 100)!;
    figure('Redis killed: the first delivery after', first.at - killed, WITHOUT_REDIS);
    await sleep(10_000);
    figure('Redis killed: the latest delivery was late by', slowest(follower, acknowledged, killed), WITHOUT_REDIS);
    await redis.start();
    await until(() => connected(two));
    const back = performance.now();
    const last = await stop();
    await follower.reaches(chat.id, last);
    figure('Redis back: all delivered after', performance.now() - back, WITHOUT_REDIS);
    expect(follower.positions(chat.id)).toEqual(consecutive(3, last));
  },
);

test('a half-open connection to Redis: without FIN and answers, delivery continues', async () => {
  const { ada, bob, chat } = await pair();
  const follower = await Follower.start(bob);
  const { acknowledged, stop } = load(ada, chat);
  await follower.reaches(chat.id, 5);
  proxy.freeze();
  const frozen = performance.now();
  await until(() => [...acknowledged.values()].some((at) => at > frozen + 2_500));
  figure('Redis half open: the latest delivery was late by', slowest(follower, acknowledged, frozen), WITHOUT_REDIS);
  proxy.thaw();
  const last = await stop();
  await follower.reaches(chat.id, last);
  expect(follower.positions(chat.id)).toEqual(consecutive(3, last));
});

test(
  'a server killed between commit and publish: the others deliver what it acknowledged',
  { timeout: 40_000 },
  async () => {
    const { ada, bob, chat } = await pair();
    const own = await startProxy({ target: { host: '127.0.0.1', port: redis.port } });
    onTestFinished(own.close);
    const { url } = inject('database') as { url: string };
    const server = await startServerProcess({
      DATABASE_URL: url,
      REDIS_URL: own.through(redis.url),
      JWT_SECRET: secret,
    });
    const follower = await Follower.start(bob);
    own.freeze(); // its next publishes do not arrive
    const response = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({
        query:
          'mutation ($chatId: ID!) { sendMessage(input: { chatId: $chatId, content: "last words" }) { ... on Message { position } } }',
        variables: { chatId: chat.id },
      }),
    });
    expect(await response.json()).toEqual({ data: { sendMessage: { position: 3 } } });
    const acknowledged = performance.now();
    await server.kill();
    own.cut();
    const { at } = await follower.reaches(chat.id, 3);
    figure('killed between commit and publish: delivered after', at - acknowledged, WITHOUT_REDIS);
    await send(ada, chat);
    await follower.reaches(chat.id, 4);
    expect(follower.positions(chat.id)).toEqual([3, 4]);
  },
);

test('writers whose commits cross: every server delivers in the order of the log', async () => {
  const { ada, bob, chat } = await pair();
  const followers = [await Follower.start(ada), await Follower.start(bob)];
  // A writer that holds the chat's lock and commits without publishing.
  const slow = await database.pool!.connect();
  const chatId = Buffer.from(chat.id, 'base64url').toString().slice('Chat:'.length);
  const actorId = ada.rowId;
  await slow.query('BEGIN');
  await slow.query('UPDATE chat SET position = position + 1 WHERE id = $1', [chatId]);
  await slow.query(
    `INSERT INTO event (chat_id, position, type, actor_id, occurred_at) VALUES ($1, 3, 'CHAT_UPDATED', $2, clock_timestamp())`,
    [chatId, actorId],
  );
  const sends = Array.from({ length: 60 }, (_, i) => send([ada, ada.at(two), bob, bob.at(one)][i % 4]!, chat, `${i}`));
  await until(async () => {
    const { rows } = await slow.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  await slow.query('COMMIT');
  slow.release();
  await Promise.all(sends);
  for (const follower of followers) {
    await follower.reaches(chat.id, 63);
    expect(follower.positions(chat.id)).toEqual(consecutive(3, 63));
  }
});

test('a user is added while their server has no feed for the chat: delivered at once with Redis, and by the comparison without', async () => {
  const ada = await one.user('ada');
  const bob = (await one.user('bob')).at(two);
  const follower = await Follower.start(bob);
  const added = async () => {
    const chat = await group(ada);
    await add(ada, chat, bob);
    const acknowledged = performance.now();
    const { at, __typename } = await follower.reaches(chat.id, 3);
    expect(__typename).toBe('ChatAdded');
    await send(ada, chat);
    await follower.reaches(chat.id, 5);
    expect(follower.positions(chat.id)).toEqual([3, 4, 5]);
    return at - acknowledged;
  };
  figure('added, with Redis: heard after', await added(), WITH_REDIS);
  await redis.kill();
  await until(async () => !(await connected(two)));
  figure('added, without Redis: heard after', await added(), WITHOUT_REDIS);
});

test('a subscription that starts while Redis is away receives events before and after Redis returns', async () => {
  const { ada, bob, chat } = await pair();
  await redis.kill();
  await until(async () => !(await connected(two)));
  const begun = performance.now();
  const follower = await Follower.start(bob);
  figure('subscribed without Redis: caught up after', performance.now() - begun, WITHOUT_REDIS);
  await send(ada, chat);
  await follower.reaches(chat.id, 3);
  await redis.start();
  await until(async () => (await connected(one)) && (await connected(two)));
  await send(ada, chat);
  const sent = performance.now();
  const { at } = await follower.reaches(chat.id, 4);
  figure('Redis back: delivered after', at - sent, WITH_REDIS);
  expect(follower.positions(chat.id)).toEqual([3, 4]);
});
