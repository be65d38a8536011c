import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import type { PubSub } from '../../src/pubsub/pubsub.ts';
import { createRedisPubSub } from '../../src/pubsub/redis.ts';
import { until } from '../support/until.ts';

const redisUrl = inject('redisUrl');

function create(): PubSub {
  if (redisUrl === null) return createMemoryPubSub();
  return createRedisPubSub({ url: redisUrl, prefix: `test-${randomUUID()}:`, logger: pino({ level: 'silent' }) });
}

describe(redisUrl === null ? 'PubSub in process' : 'PubSub on Redis', () => {
  let pubsub: PubSub;
  beforeEach(async () => {
    pubsub = create();
    await until(() => pubsub.health().connected);
  });
  afterEach(() => pubsub.close());

  /** Resolves when everything that was published to the channel before this call has been delivered. */
  async function delivered(channel: string) {
    const probe = `probe ${randomUUID()}`;
    await new Promise<void>((resolve) => {
      void pubsub
        .subscribe(channel, (payload) => payload === probe && resolve())
        .then(() => pubsub.publish(channel, probe));
    });
  }

  /** Subscribes and collects the payloads, without the probes. */
  async function collect(channel: string) {
    const payloads: string[] = [];
    const unsubscribe = await pubsub.subscribe(channel, (payload) => {
      if (!payload.startsWith('probe ')) payloads.push(payload);
    });
    return { payloads, unsubscribe };
  }

  test('delivers payloads that are published right after subscribing, once to each listener', async () => {
    const [first, second] = [await collect('a'), await collect('a')];
    pubsub.publish('a', 'hello');
    await delivered('a');
    expect(first.payloads).toEqual(['hello']);
    expect(second.payloads).toEqual(['hello']);
  });

  test('keeps channels apart', async () => {
    const [chat, longer] = [await collect('chat:1'), await collect('chat:10')];
    pubsub.publish('chat:1', 'one');
    pubsub.publish('chat:10', 'ten');
    await delivered('chat:1');
    await delivered('chat:10');
    expect(chat.payloads).toEqual(['one']);
    expect(longer.payloads).toEqual(['ten']);
  });

  test('accepts 10,000 publishes in one tick, and keeps their order', async () => {
    const { payloads } = await collect('a');
    const sent = Array.from({ length: 10_000 }, (_, index) => String(index));
    for (const payload of sent) pubsub.publish('a', payload);
    await delivered('a');
    expect(payloads).toEqual(sent);
    expect(pubsub.health()).toEqual({ connected: true, failedPublishes: 0, refusedSubscriptions: 0 });
  });

  test('keeps the order for every listener when one of them publishes', async () => {
    await pubsub.subscribe('a', (payload) => payload === 'first' && pubsub.publish('a', 'second'));
    const { payloads } = await collect('a');
    pubsub.publish('a', 'first');
    await expect.poll(() => payloads).toEqual(['first', 'second']);
  });

  test.each([
    ['empty', ''],
    ['JSON that must stay text', '{"at":"2026-01-01T00:00:00.000Z"}'],
    ['Unicode', 'Grüße, мир, 世界, 👩‍👩‍👧‍👦 \u0000 \r\n \u2028'],
    ['large', 'é'.repeat(4 << 20)],
  ])('does not change a payload: %s', async (_kind, payload) => {
    const { payloads } = await collect('a');
    pubsub.publish('a', payload);
    await delivered('a');
    expect(payloads.length).toBe(1);
    expect(payloads[0] === payload).toBe(true); // a failing toEqual would print 8 MB
  });

  test('delivers nothing after unsubscribing, and unsubscribing twice does not affect others', async () => {
    const [gone, stays] = [await collect('a'), await collect('a')];
    gone.unsubscribe();
    gone.unsubscribe();
    pubsub.publish('a', 'hello');
    await delivered('a');
    expect(gone.payloads).toEqual([]);
    expect(stays.payloads).toEqual(['hello']);
  });

  test('delivers nothing to a listener as soon as another listener has unsubscribed it', async () => {
    const unsubscribes: (() => void)[] = [];
    await pubsub.subscribe('a', () => unsubscribes.forEach((unsubscribe) => unsubscribe()));
    const { payloads, unsubscribe } = await collect('a');
    unsubscribes.push(unsubscribe);
    pubsub.publish('a', 'hello');
    await delivered('a');
    expect(payloads).toEqual([]);
  });

  test('delivers to a listener that subscribes at once after the last one has left', async () => {
    (await collect('a')).unsubscribe();
    const { payloads } = await collect('a');
    pubsub.publish('a', 'hello');
    await delivered('a');
    expect(payloads).toEqual(['hello']);
  });

  test('delivers nothing after close, and ignores late calls', async () => {
    const { payloads, unsubscribe } = await collect('a');
    await pubsub.close();
    pubsub.publish('a', 'late');
    const unsubscribeLate = await pubsub.subscribe('a', () => {});
    unsubscribeLate();
    unsubscribe();
    await pubsub.close();
    expect(payloads).toEqual([]);
  });
});
