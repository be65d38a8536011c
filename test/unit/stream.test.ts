import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { logEvent } from '../../src/events/change.ts';
import type { LogEvent, StreamItem } from '../../src/events/catalogue.ts';
import { encodePublished } from '../../src/events/codec.ts';
import { Hub } from '../../src/events/hub.ts';
import type { LogReader, Reading } from '../../src/events/log.ts';
import { createMemoryPubSub } from '../../src/events/memory.ts';
import type { Outlet } from '../../src/events/seat.ts';
import { startWhereNamed, Stream } from '../../src/events/stream.ts';
import { until } from '../support/until.ts';

const [ada, bob, chatId] = ['ada', 'bob', 'chat'];
const event = (position: number, type: LogEvent['type'], userId?: string): LogEvent =>
  logEvent({ type, actorId: ada, ...(userId && { userId }) }, chatId, position, new Date());

const changes = (...positions: number[]) => positions.map((position) => event(position, 'CHAT_UPDATED'));
const removed = event(3, 'MEMBER_REMOVED', bob);
const deleted = event(6, 'CHAT_DELETED');
const rejoined = event(8, 'MEMBER_ADDED', bob);
const present: Reading = { chatId, head: 5, joined: 1, ended: false, ending: null, events: [] };

interface Scene {
  /** The feed's position when the stream begins. */
  head: number;
  /** What each reading of the log answers. */
  readings: Reading[];
  /** What is held up until it is let go: the first reading, or writing what it says. */
  holds: 'reading' | 'rendering';
}

/** Bob's stream of a chat whose client is at position 1, and is held up. */
async function heldUp({ head, readings, holds }: Scene) {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const begun = new Set<Scene['holds']>();
  const hold = async (what: Scene['holds']) => {
    const isFirst = !begun.has(what);
    begun.add(what);
    if (isFirst && what === holds) await held;
  };
  const log = {
    positions: async () => new Map([[chatId, head]]),
    async read() {
      const answer = readings.shift()!;
      await hold('reading');
      return new Map([[chatId, answer]]);
    },
  } satisfies Partial<LogReader> as unknown as LogReader;
  const pubsub = createMemoryPubSub();
  const hub = new Hub({ log, pubsub, logger: pino({ level: 'silent' }), reconcileMs: 60_000 });
  const items: string[] = [];
  const write = ({ type, position }: StreamItem) => void items.push(`${type} ${position}`);
  const outlet: Outlet = {
    carries: ({ type }) => type !== 'CaughtUp',
    async deliver(item, seats) {
      for (const seat of seats) if (seat.admits(item)) write(item);
    },
  };
  const starts = [startWhereNamed(chatId, 1)];
  const stream = new Stream(hub, { userId: bob, carries: outlet.carries, over: 'one', starts });
  let isOver = false;
  stream.connect({
    outlet,
    async render(shown) {
      await hold('rendering');
      return [...shown];
    },
    write: (item) => write(item as StreamItem),
    drained: async () => {},
    end: () => (isOver = true),
  });
  onTestFinished(async () => {
    stream.close();
    await hub.stop();
    await pubsub.close();
  });
  await until(() => begun.has(holds));
  const feed = hub.feed(chatId);
  return {
    items,
    letGo,
    over: () => until(() => isOver),
    /** Resolves when the feed has all of it. */
    async publish(...events: LogEvent[]) {
      for (const each of events) pubsub.publish(`chat:${chatId}`, encodePublished({ event: each }));
      await until(() => feed.position === events.at(-1)!.position);
    },
  };
}

test('one who had left comes back while the chat is deleted: told of the leaving, not of the deletion', async () => {
  const left = { ...present, ended: true, ending: removed };
  const { items, letGo, over, publish } = await heldUp({ head: 5, readings: [left, left], holds: 'reading' });
  await publish(deleted);
  expect(items).toEqual([]);
  letGo();
  await over();
  expect(items).toEqual(['MemberRemoved 3']);
});

test('a chat is deleted while a member reads its log: nothing of it is told any more but the deletion', async () => {
  const readings = [
    { ...present, events: changes(2, 3, 4, 5) },
    { ...present, head: 6, ended: true, ending: deleted },
  ];
  const { items, letGo, over, publish } = await heldUp({ head: 5, readings, holds: 'reading' });
  await publish(deleted);
  expect(items).toEqual([]);
  letGo();
  await over();
  expect(items).toEqual(['ChatDeleted 6']);
});

test('one who has joined again is told so, and no late word of the earlier leaving ends that', async () => {
  const readings = [{ ...present, head: 8, joined: 8 }];
  const { items, letGo, publish } = await heldUp({ head: 2, readings, holds: 'rendering' });
  await publish(removed, ...changes(4, 5, 6, 7), rejoined);
  letGo();
  await until(() => items.length === 1);
  await publish(...changes(9));
  expect(items).toEqual(['ChatReset 8', 'ChatUpdated 9']);
});
