import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/app.ts';
import { openTestDatabase } from '../support/database.ts';
import { group, mutation, send, type Chat } from '../support/documents.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { until } from '../support/until.ts';

/** The default of DATABASE_TIMEOUT_MS. */
const TIMEOUT = 15_000;
const OUTAGE = 4_000;
/** Maximum milliseconds until delivery continues once the link is whole. */
const RECOVERY = 10_000;

/** Two servers on one database, without Redis. The link of the second one goes through the proxy. */
let direct: Database;
let database: Database;
let proxy: Proxy;
let one: TestServer;
let two: TestServer;

beforeEach(async () => {
  const { url } = inject('database') as { url: string };
  direct = await openTestDatabase();
  proxy = await startProxy({ target: { host: new URL(url).hostname, port: Number(new URL(url).port || 5432) } });
  database = await openDatabase({ url: proxy.through(url), dataDir: '', poolSize: 5, timeoutMs: TIMEOUT });
  one = await startTestServer({ database: direct, pubsub: createMemoryPubSub() });
  two = await startTestServer({ database, pubsub: createMemoryPubSub() });
});
afterEach(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.close();
  await direct.close();
  await proxy.close();
});

interface Sent {
  at: number;
  took: number;
  code: string | undefined;
}

/** Sends one message at a time in each of the lanes until it is stopped, and notes the end of each request. */
function load(user: TestUser, chat: Chat, lanes: number) {
  const sent: Sent[] = [];
  let running = true;
  const sending = Promise.all(
    Array.from({ length: lanes }, async () => {
      while (running) {
        const at = performance.now();
        const { errors } = await user.request(mutation('sendMessage'), { input: { chatId: chat.id, content: 'x' } });
        sent.push({ at, took: performance.now() - at, code: errors?.[0]?.extensions.code });
        await sleep(20);
      }
    }),
  );
  return {
    sent,
    async stop() {
      running = false;
      await sending;
    },
  };
}

test.each(['lost, and the connections stay good', 'lost, and the connections are dead for ever'])(
  'a link to PostgreSQL on which 4 s of bytes are %s: errors come in time, and delivery continues without Redis',
  { timeout: 60_000 },
  async (what) => {
    const ada = await one.user('ada');
    const bob = await one.user('bob');
    const chats = [await group(ada, bob), await group(ada, bob)] as const;
    const follower = await Follower.start(bob.at(two));
    // One chat is written to at the healthy server, the other one at the server whose link breaks.
    const loads = [load(ada, chats[0], 2), load(ada.at(two), chats[1], 3)] as const;
    for (const chat of chats) await follower.reaches(chat.id, 10);

    proxy.swallow();
    if (what.includes('dead')) proxy.forget();
    await sleep(OUTAGE);
    proxy.heal();
    const whole = performance.now();

    const { position } = await send(ada, chats[0], 'after the outage');
    await follower.reaches(chats[0].id, position, RECOVERY);
    figure('the link is whole: the first delivery after', performance.now() - whole, { below: RECOVERY });
    await until(() => loads[1].sent.some(({ at, code }) => at > whole && code === undefined), undefined, RECOVERY);
    figure('the link is whole: sent again after', performance.now() - whole, { below: RECOVERY });
    for (const { stop } of loads) await stop();

    for (const chat of chats) {
      const { position: last } = await send(ada, chat, 'the last');
      await follower.reaches(chat.id, last);
      expect(follower.positions(chat.id)).toEqual(consecutive(3, last));
    }
    expect(follower.errors).toEqual([]);
    const { sent } = loads[1];
    expect(new Set(sent.map(({ code }) => code))).toEqual(new Set([undefined, 'UNAVAILABLE']));
    expect(Math.max(...sent.map(({ took }) => took))).toBeLessThan(TIMEOUT);
  },
);
