import { expect, test } from 'vitest';
import { DatabaseTimeoutError } from '../../src/database/errors.ts';
import { fromClient } from '../../src/delivery/chat-subscription.ts';
import type { LogEvent } from '../../src/log/event-types.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import { bob, changes, chatId, createHub, event, follow, holdUp, page } from '../support/delivery.ts';
import { until } from '../support/until.ts';

const starts = [{ chatId, from: fromClient(1) }];
const CAUGHT_UP = 'CaughtUp 0';

test('reading is repeated while the database is away, until it is back', async () => {
  const { hub } = createHub({});
  let tries = 0;
  const read = hub.retryWhileAway(async () => {
    if (++tries === 1) throw new DatabaseTimeoutError();
    return 'read';
  });
  await until(() => tries === 1);
  await hub.reconcile();
  expect(await read).toBe('read');
});

test('an error of the program is not retried', async () => {
  const { hub } = createHub({});
  const wrong = new TypeError('wrong');
  await expect(hub.retryWhileAway(() => Promise.reject(wrong))).rejects.toBe(wrong);
});

test('a replay that fails is logged with its chat and operation, and its stream ends', async () => {
  const { hub, lines } = createHub({
    heads: async () => new Map([[chatId, { position: 5, event: null }]]),
    read: () => Promise.reject(new TypeError('wrong')),
  });
  const seen = follow(hub, { starts });
  await until(() => seen.isOver);
  expect(lines.at(-1)).toMatchObject({
    msg: 'a replay failed and its stream ends',
    err: { message: 'wrong' },
    operation: 'Follow',
    chatIds: [chatId],
  });
});

/** A hub over this log, and streams of Bob's that know all of it. */
function overLog(log: { events: LogEvent[] }) {
  return createHub({
    async heads([wanted]) {
      const { length } = log.events;
      const asked = wanted?.position === 'newest' ? length : wanted?.position;
      return new Map([
        [chatId, { position: length, event: log.events.find(({ position }) => position === asked) ?? null }],
      ]);
    },
    read: async () => new Map([[chatId, page({ newestPosition: log.events.length })]]),
    after: async ([wanted]) => new Map([[chatId, log.events.filter(({ position }) => position > wanted!.after)]]),
  });
}

test('an event that cannot be delivered at once is logged, and delivered by the next comparison, once to each subscriber', async () => {
  const log = { events: changes(1) };
  const { hub, publish, lines } = overLog(log);
  const first = follow(hub, { starts });
  let failures = 1;
  const second = follow(hub, {
    starts,
    accepts({ position }) {
      if (position === 2 && failures > 0) {
        failures--;
        throw new Error('wrong');
      }
      return true;
    },
  });
  await until(() => first.items.length + second.items.length === 2);

  log.events = [...log.events, ...changes(2, 3)];
  publish(log.events[1]!);
  await until(() => failures === 0);
  await hub.reconcile();
  await until(() => second.items.length === 3);

  const all = [CAUGHT_UP, 'ChatUpdated 2', 'ChatUpdated 3'];
  expect([first.items, second.items]).toEqual([all, all]);
  await hub.stop();
  await until(() => lines.length === 1);
  expect(lines[0]).toMatchObject({
    msg: 'an event could not be delivered: trying again with the next comparison',
    err: { message: 'wrong' },
    chatId,
    position: 2,
  });
});

test('an event that arrives while a gap is read is delivered once', async () => {
  const log = { events: changes(1) };
  const reading = holdUp();
  const { hub, publish } = createHub({
    heads: async () => new Map([[chatId, { position: log.events.length, event: null }]]),
    read: async () => new Map([[chatId, page({ newestPosition: 1 })]]),
    async after() {
      await reading.pass();
      return new Map([[chatId, changes(2, 3, 4)]]);
    },
  });
  const seen = follow(hub, { starts });
  await until(() => seen.items.length === 1);
  log.events = changes(1, 2, 3, 4);
  publish(...changes(4));
  await until(() => reading.isReached);
  publish(...changes(2, 3));
  await until(() => seen.items.length === 4);
  reading.letGo();
  publish(...changes(5));
  await until(() => seen.items.includes('ChatUpdated 5'));
  expect(seen.items).toEqual([CAUGHT_UP, ...[2, 3, 4, 5].map((position) => `ChatUpdated ${position}`)]);
});

test('a payload that cannot be decoded is left to the log', async () => {
  const log = { events: changes(1) };
  const { hub, pubsub, lines } = overLog(log);
  const seen = follow(hub, { starts });
  await until(() => seen.items.length === 1);
  log.events = [...log.events, event(2)];
  pubsub.publish(`chat:${chatId}`, '{');
  await hub.reconcile();
  await until(() => seen.items.length === 2);
  await until(() => lines.length === 1);
  expect(lines[0]).toMatchObject({ msg: 'a published payload was not understood and is left to the log', count: 1 });
});

test('memberships are read after the watch has begun, so that no joining is missed', async () => {
  const subscribing = holdUp();
  const memory = createMemoryPubSub();
  let reads = 0;
  const { hub } = createHub(
    {
      async memberships() {
        reads++;
        return [];
      },
    },
    { pubsub: { ...memory, subscribe: async (...args) => subscribing.pass().then(() => memory.subscribe(...args)) } },
  );
  const watching = hub.watch(bob);
  await until(() => subscribing.isReached);
  expect(reads).toBe(0);
  subscribing.letGo();
  await watching;
  expect(reads).toBe(1);
});

test('after endings were forgotten every membership is reported again, even if another stream reads them meanwhile', async () => {
  const chats = [{ chatId, newestPosition: 1, joinedPosition: 1 }];
  const { hub, publish } = createHub({
    heads: async () => new Map([[chatId, { position: 1, event: null }]]),
    read: async () => new Map([[chatId, page({ newestPosition: 1 })]]),
    memberships: async (userIds) => userIds.map((userId) => ({ userId, version: 7, readAt: new Date(), chats })),
    membershipVersions: async (userIds) => new Map(userIds.map((userId) => [userId, 7])),
  });
  const seen = follow(hub, { starts, watch: await hub.watch(bob) });
  await until(() => seen.items.length === 1);
  publish(event(2, 'MEMBER_REMOVED', bob));
  await until(() => seen.items.length === 2);
  hub.forgetEndings();
  const other = await hub.watch(bob);
  await hub.reconcile();
  await until(() => seen.items.length === 3);
  expect(seen.items).toEqual([CAUGHT_UP, 'MemberRemoved 2', 'ChatAdded 1']);
  other.close();
});

test.each(['published', 'compared'])(
  'another event at the feed’s own position, %s, makes the chat begin anew',
  async (how) => {
    const log = { events: changes(1) };
    const { hub, publish } = overLog(log);
    const { items } = follow(hub, { starts });
    await until(() => items.length === 1);
    const lost = event(2);
    log.events = [event(1), lost];
    publish(lost);
    await until(() => items.length === 2);
    await hub.reconcile();
    expect(items).toEqual([CAUGHT_UP, 'ChatUpdated 2']);

    const other = { ...lost, actorId: 'another' };
    log.events = [event(1), other];
    if (how === 'published') publish(other);
    else await hub.reconcile();
    await until(() => items.length === 3);
    expect(items).toEqual([CAUGHT_UP, 'ChatUpdated 2', 'ChatReset 2']);
  },
);
