import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import type { PubSub } from '../../src/pubsub/pubsub.ts';
import { createRedisPubSub } from '../../src/pubsub/redis.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startRedisServer, type RedisServer } from '../support/redis-server.ts';

const unreachable = 'redis://127.0.0.1:1';
let redis: RedisServer;
let proxy: Proxy;
let admin: Redis;

beforeEach(async () => {
  redis = await startRedisServer();
  proxy = await startProxy({ target: { host: '127.0.0.1', port: redis.port } });
  admin = new Redis(redis.url);
  admin.on('error', () => {});
});

afterEach(async () => {
  admin.disconnect();
  await proxy.close();
  await redis.kill();
});

/** Creates a driver, and collects its log lines and counts its reconnections. */
function create(url: string, options: { timeout?: number } = {}) {
  const lines: { msg: string; count?: number }[] = [];
  const logger = createLogger('trace', { write: (line) => lines.push(JSON.parse(line) as { msg: string }) });
  const pubsub = createRedisPubSub({ url, prefix: `${randomUUID()}:`, logger, ...options });
  const onReconnected = vi.fn();
  pubsub.onReconnected(onReconnected);
  onTestFinished(() => pubsub.close());
  const collect = async (channel: string) => {
    const payloads: string[] = [];
    const unsubscribe = await pubsub.subscribe(channel, (payload) => payloads.push(payload));
    return { payloads, unsubscribe };
  };
  return { pubsub, lines, onReconnected, collect };
}

const soon = { timeout: 10_000, interval: 5 };
const channels = async () => (await admin.pubsub('CHANNELS')) as string[];
const isConnected = (pubsub: PubSub) => expect.poll(() => pubsub.health().connected, soon).toBe(true);

/** The milliseconds that some work takes. */
async function elapsed(work: () => unknown) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('without Redis from the start', () => {
  test('subscribing and publishing return at once; failures are counted, and logged in one line', async () => {
    const { pubsub, lines, onReconnected } = create(unreachable);
    expect(await elapsed(() => pubsub.subscribe('a', () => {}))).toBeLessThan(500);
    expect(await elapsed(() => pubsub.subscribe('a', () => {}))).toBeLessThan(50);
    for (let i = 0; i < 1000; i++) pubsub.publish('a', 'lost');
    await nextTurn();
    expect(pubsub.health()).toMatchObject({ connected: false, failedPublishes: 1000 });
    await pubsub.close();
    expect(lines.filter(({ msg }) => msg.includes('Publishing')).map(({ count }) => count)).toEqual([1000]);
    expect(lines.filter(({ msg }) => msg.includes('away'))).toHaveLength(1);
    expect(onReconnected).not.toHaveBeenCalled();
  });

  test('a host that swallows connections delays a subscriber by 500 ms, however long connecting may take', async () => {
    proxy.freeze();
    const { pubsub } = create(proxy.through(redis.url), { timeout: 5000 });
    const took = await elapsed(() => pubsub.subscribe('a', () => {}));
    expect(took).toBeGreaterThan(450);
    expect(took).toBeLessThan(700);
  });

  test('subscriptions that were made meanwhile are live once Redis is there', async () => {
    proxy.cut();
    const { pubsub, collect, onReconnected } = create(proxy.through(redis.url));
    const { payloads } = await collect('a');
    expect(onReconnected).not.toHaveBeenCalled();
    proxy.heal();
    await vi.waitFor(() => expect(onReconnected).toHaveBeenCalledOnce(), soon);
    expect(pubsub.health().connected).toBe(true);
    pubsub.publish('a', 'hello');
    await expect.poll(() => payloads, soon).toEqual(['hello']);
  });

  test('no reconnection is reported if Redis was there all the time', async () => {
    const { pubsub, collect, onReconnected } = create(redis.url);
    await isConnected(pubsub);
    await collect('a');
    expect(onReconnected).not.toHaveBeenCalled();
  });
});

describe('Redis killed and started again', () => {
  test('subscriptions that changed meanwhile are right: added, removed, and removed and added again', async () => {
    const { pubsub, collect, onReconnected } = create(redis.url);
    await isConnected(pubsub);
    const [stays, leaves, swaps] = [await collect('stays'), await collect('leaves'), await collect('swaps')];
    await redis.kill();
    await expect.poll(() => pubsub.health().connected, soon).toBe(false);
    leaves.unsubscribe();
    swaps.unsubscribe();
    const [swapped, joined] = [await collect('swaps'), await collect('joins')];
    await redis.start();
    await vi.waitFor(() => expect(onReconnected).toHaveBeenCalled(), soon);
    expect((await channels()).map((name) => name.split(':')[1]).sort()).toEqual(['joins', 'stays', 'swaps']);
    for (const name of ['leaves', 'swaps', 'joins', 'stays']) pubsub.publish(name, name);
    await expect.poll(() => stays.payloads, soon).toEqual(['stays']);
    expect([leaves.payloads, swaps.payloads, swapped.payloads, joined.payloads]).toEqual([
      [],
      [],
      ['swaps'],
      ['joins'],
    ]);
  });

  test('nothing remains and nothing breaks if it dies repeatedly while subscriptions change', async () => {
    const { pubsub, onReconnected } = create(redis.url);
    await isConnected(pubsub);
    let running = true;
    const churn = Array.from({ length: 20 }, async (_, index) => {
      while (running) {
        const unsubscribe = await pubsub.subscribe(`churn:${index % 10}`, () => {});
        pubsub.publish(`churn:${index % 10}`, 'x');
        unsubscribe();
        await nextTurn();
      }
    });
    for (let deaths = 1; deaths <= 3; deaths++) {
      await redis.kill();
      await redis.start();
      await vi.waitFor(() => expect(onReconnected).toHaveBeenCalledTimes(deaths), soon);
    }
    running = false;
    await Promise.all(churn);
    await expect.poll(channels, soon).toEqual([]);
  });
});

describe('a peer that dies silently', () => {
  test.each([
    ['a network that swallows packets', () => proxy.freeze(), () => proxy.cut(), () => proxy.heal()],
    ['a frozen Redis', () => redis.freeze(), () => {}, () => redis.thaw()],
  ])('%s is noticed in time, and delivery resumes', async (_name, freeze, drop, resume) => {
    const timeout = 2000;
    const { pubsub, collect, onReconnected } = create(proxy.through(redis.url), { timeout });
    await isConnected(pubsub);
    const { payloads } = await collect('a');
    freeze();
    const noticed = elapsed(() => expect.poll(() => pubsub.health().connected, soon).toBe(false));
    await pubsub.subscribe('b', () => {});
    expect(pubsub.health().connected).toBe(true); // The subscriber did not wait until the death was noticed.
    pubsub.publish('a', 'lost');
    expect(await noticed).toBeLessThan(1.5 * timeout + 400); // It includes 100 ms for disconnecting.
    await expect.poll(() => pubsub.health().failedPublishes, soon).toBe(1);
    drop(); // Bytes that were held back must not arrive later.
    resume();
    await vi.waitFor(() => expect(onReconnected).toHaveBeenCalledOnce(), soon);
    pubsub.publish('a', 'hello');
    await expect.poll(() => payloads.at(-1), soon).toBe('hello');
  });

  test('a blocked event loop of this process does not count as a dead peer', async () => {
    const { pubsub, collect, onReconnected } = create(redis.url, { timeout: 400 });
    await isConnected(pubsub);
    await collect('a');
    // The process is blocked right after each ping: the answer arrives, but the deadline passes before the socket is
    // read.
    const ping = vi.spyOn(Redis.prototype, 'ping').mockImplementation(function (this: Redis) {
      redis.freeze();
      setImmediate(() => {
        redis.thaw();
        const end = performance.now() + 500;
        while (performance.now() < end);
      });
      return this.call('ping') as Promise<string>;
    });
    onTestFinished(() => ping.mockRestore());
    await expect.poll(() => ping.mock.calls.length, soon).toBeGreaterThan(6);
    ping.mockRestore();
    const { payloads } = await collect('a');
    pubsub.publish('a', 'hello');
    await expect.poll(() => payloads, soon).toEqual(['hello']);
    expect(onReconnected).not.toHaveBeenCalled();
  });

  test('close resolves in time', async () => {
    const { pubsub } = create(redis.url, { timeout: 400 });
    await pubsub.subscribe('a', () => {});
    redis.freeze();
    pubsub.publish('a', 'lost');
    expect(await elapsed(() => pubsub.close())).toBeLessThan(1000);
  });
});

test('a subscriber that Redis disconnects reconnects by itself, and every channel is live when that is reported', async () => {
  const { pubsub, onReconnected } = create(redis.url);
  await isConnected(pubsub);
  const received = new Set<string>();
  const names = Array.from({ length: 10_000 }, (_, index) => `chat:${index}`);
  await Promise.all(names.map((name) => pubsub.subscribe(name, (payload) => received.add(payload))));
  pubsub.onReconnected(() => names.toReversed().forEach((name) => pubsub.publish(name, name)));
  await admin.client('KILL', 'TYPE', 'pubsub');
  await expect.poll(() => received.size, soon).toBe(names.length);
  expect(onReconnected).toHaveBeenCalledOnce();
});

test('a password that is refused works once Redis accepts it', async () => {
  await admin.config('SET', 'requirepass', 'secret');
  const { collect, onReconnected, pubsub } = create(redis.url.replace('//', '//:other@'));
  const { payloads } = await collect('a');
  expect(pubsub.health().connected).toBe(false);
  await admin.auth('secret');
  await admin.config('SET', 'requirepass', 'other');
  await vi.waitFor(() => expect(onReconnected).toHaveBeenCalledOnce(), soon);
  pubsub.publish('a', 'hello');
  await expect.poll(() => payloads, soon).toEqual(['hello']);
});

test('a channel that Redis refuses is logged, and others work', async () => {
  await admin.call('ACL', 'SETUSER', 'default', 'resetchannels', '&*:allowed');
  const { pubsub, collect, lines } = create(redis.url);
  const [refused, allowed] = [await collect('refused'), await collect('allowed')];
  refused.unsubscribe();
  pubsub.publish('allowed', 'hello');
  await expect.poll(() => allowed.payloads, soon).toEqual(['hello']);
  await pubsub.close();
  expect(lines.map(({ msg, count }) => [msg, count])).toContainEqual(['Redis refused a subscription', 1]);
});

test.each([
  ['that it never may', async () => undefined],
  [
    'that are taken away while it runs',
    async (pubsub: PubSub) => {
      await isConnected(pubsub);
      await pubsub.subscribe('a', () => {});
      expect(pubsub.health()).toMatchObject({ connected: true, refusedSubscriptions: 0 });
    },
  ],
])('channels %s are reported, and subscribed again until Redis accepts them', async (_name, begin) => {
  const rights = (...rules: string[]) => admin.call('ACL', 'SETUSER', 'parley', 'on', '>p', '+@all', '~*', ...rules);
  await rights('allchannels');
  if (_name.includes('never')) await rights('resetchannels');
  const { pubsub, collect, onReconnected } = create(redis.url.replace('//', '//parley:p@'));
  await begin(pubsub);
  await rights('resetchannels');
  const { payloads } = await collect('b');
  await expect.poll(() => pubsub.health().refusedSubscriptions, soon).toBeGreaterThan(0);
  expect(pubsub.health().connected).toBe(false);

  onReconnected.mockClear();
  await rights('allchannels');
  await expect.poll(() => pubsub.health(), soon).toMatchObject({ connected: true, refusedSubscriptions: 0 });
  expect(onReconnected).toHaveBeenCalled();
  pubsub.publish('b', 'hello');
  await expect.poll(() => payloads, soon).toEqual(['hello']);
});

test('while Redis refuses to publish, the driver reports itself as not connected', async () => {
  const { pubsub } = create(redis.url);
  await isConnected(pubsub);
  await admin.call('ACL', 'SETUSER', 'default', '-publish');
  pubsub.publish('a', 'lost');
  await expect.poll(() => pubsub.health(), soon).toMatchObject({ connected: false, failedPublishes: 1 });
  await admin.call('ACL', 'SETUSER', 'default', '+publish');
  pubsub.publish('a', 'hello');
  await isConnected(pubsub);
});

test('the permissions that the README names are enough, and nothing is printed past the logger', async () => {
  const printed = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
  onTestFinished(() => printed.forEach((spy) => spy.mockRestore()));
  const readme = await readFile('README.md', 'utf8');
  const [, rules = ''] = /ACL SETUSER parley (.*)/.exec(readme) ?? [];
  expect(rules).toContain('+subscribe');
  await admin.call(
    'ACL',
    'SETUSER',
    'parley',
    ...rules.replace('>…', '>p').replace('<REDIS_PREFIX>', 'chat').split(' '),
  );
  const pubsub = createRedisPubSub({
    url: `${redis.url.replace('//', '//parley:p@')}/7`,
    prefix: 'chat:',
    logger: createLogger('silent'),
  });
  onTestFinished(() => pubsub.close());
  await isConnected(pubsub);
  const payloads: string[] = [];
  const unsubscribe = await pubsub.subscribe('a', (payload) => payloads.push(payload));
  pubsub.publish('a', 'hello');
  await expect.poll(() => payloads, soon).toEqual(['hello']);
  unsubscribe();
  await expect.poll(channels, soon).toEqual([]);
  const log = (await admin.call('ACL', 'LOG')) as unknown[];
  expect(log).toEqual([]);
  expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
});

test(
  '10,000 channels and 10,000 rounds of subscribing and unsubscribing leave nothing behind',
  { timeout: 40_000 },
  async () => {
    const { pubsub } = create(redis.url);
    await isConnected(pubsub);
    const names = Array.from({ length: 10_000 }, (_, index) => `chat:${index}`);
    let received = 0;
    const unsubscribes = await Promise.all(names.map((name) => pubsub.subscribe(name, () => (received += 1))));
    await expect.poll(async () => (await channels()).length, soon).toBe(names.length);
    names.forEach((name) => pubsub.publish(name, 'hello'));
    await expect.poll(() => received, soon).toBe(names.length);
    unsubscribes.forEach((unsubscribe) => unsubscribe());
    for (const name of names) (await pubsub.subscribe(name, () => {}))();
    await expect.poll(channels, soon).toEqual([]);
  },
);

describe('the log lines of a refusal by Redis do not contain', () => {
  const secret = 'hunter2';
  const told = (lines: object[], what: string) =>
    expect
      .poll(() => JSON.stringify(lines), soon)
      .toContain(what)
      .then(() => JSON.stringify(lines));

  test('the password', async () => {
    await admin.config('SET', 'requirepass', 'another');
    const { lines } = create(`redis://:${secret}@127.0.0.1:${redis.port}`);

    expect(await told(lines, 'away')).not.toContain(secret);
    expect(await told(lines, 'WRONGPASS')).not.toContain(secret);
  });

  test('the text of a message', async () => {
    await admin.call('ACL', 'SETUSER', 'mute', 'on', '>open', '~*', '&*', '+@all', '-publish');
    const { pubsub, lines } = create(`redis://mute:open@127.0.0.1:${redis.port}`);
    await isConnected(pubsub);

    pubsub.publish('a', JSON.stringify({ content: secret }));

    expect(await told(lines, 'NOPERM')).not.toContain(secret);
    expect(await told(lines, 'Publishing')).not.toContain(secret);
  });
});
