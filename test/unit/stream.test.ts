import pino from 'pino';
import { expect, test } from 'vitest';
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

const before: Reading = { chatId, head: 5, joined: 1, ended: false, ending: null, events: [] };
const written = [2, 3, 4, 5].map((position) => event(position, 'CHAT_UPDATED'));
const removed = event(3, 'MEMBER_REMOVED', bob);
const deleted = event(6, 'CHAT_DELETED');

/** Bob's stream of a chat at position 5, from 1 on, with what each reading of the log answers; the first when it is let go. */
async function reading(...readings: [Reading, ...Reading[]]) {
  let letGo = () => {};
  const first = new Promise<void>((resolve) => (letGo = resolve));
  let reads = 0;
  const log = {
    positions: async () => new Map([[chatId, 5]]),
    async read() {
      const answer = readings[reads++]!;
      if (reads === 1) await first;
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
  const stream = new Stream(hub, {
    userId: bob,
    carries: outlet.carries,
    over: 'one',
    starts: [startWhereNamed(chatId, 1)],
  });
  let over = false;
  stream.connect({
    outlet,
    render: async (shown) => [...shown],
    write: (item) => write(item as StreamItem),
    drained: async () => {},
    end: () => (over = true),
  });
  await until(() => reads === 1);
  const feed = hub.feed(chatId);
  pubsub.publish(`chat:${chatId}`, encodePublished({ event: deleted }));
  await until(() => feed.position === deleted.position);
  expect(items).toEqual([]);
  letGo();
  await until(() => over);
  await hub.stop();
  await pubsub.close();
  return items;
}

test('one who had left comes back while the chat is deleted: told of the leaving, not of the deletion', async () => {
  const left = { ...before, ended: true, ending: removed };
  expect(await reading(left, left)).toEqual(['MemberRemoved 3']);
});

test('a chat is deleted while a member reads its log: nothing of it is told any more but the deletion', async () => {
  const gone = { ...before, head: 6, ended: true, ending: deleted };
  expect(await reading({ ...before, events: written }, gone)).toEqual(['ChatDeleted 6']);
});
