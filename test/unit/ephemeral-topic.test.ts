import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromKnown, ChatSubscription } from '../../src/delivery/chat-subscription.ts';
import type { DeliveryListener } from '../../src/delivery/delivery-listener.ts';
import { EphemeralTopic } from '../../src/delivery/ephemeral-topic.ts';
import { LossySubscriber } from '../../src/delivery/lossy-subscriber.ts';
import { logEvent } from '../../src/log/chat-transaction.ts';
import type { ReceiptRise } from '../../src/log/ephemeral.ts';
import type { LogEvent, StreamItem } from '../../src/log/event-types.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A topic with a subscriber, and the items that it receives. */
function watched() {
  const told: (readonly ReceiptRise[])[] = [];
  const items: StreamItem[] = [];
  const topic = new EphemeralTopic('chat');
  const listener = {
    broadcast: { send: async (item: StreamItem) => void (told.push(item.receipts ?? []), items.push(item)) },
  } as unknown as DeliveryListener;
  topic.subscriptions.add(new ChatSubscription('chat', 'ada', listener, fromKnown(1)));
  return { topic, told, items };
}
const notice = (userId: string, position: number, delivered = position) => ({ userId, position, delivered });

test('a topic sends at once, and then once a second the receipts that have risen, the highest of each user', () => {
  const { topic, told } = watched();
  topic.receive(notice('bob', 2));
  expect(told).toEqual([[notice('bob', 2)]]);

  for (const position of [5, 9, 7]) topic.receive(notice('bob', position, 8));
  topic.receive(notice('eve', 3, 6));
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  expect(told.slice(1)).toEqual([[notice('bob', 9), notice('eve', 3, 6)]]);

  vi.advanceTimersByTime(5_000);
  expect(told).toHaveLength(2);
  topic.receive(notice('eve', 10));
  expect(told).toHaveLength(3);
  topic.close();
});

test('if too much waits in a connection, items are dropped, and the client is told when it has drained', async () => {
  const seen: string[] = [];
  let drain = () => {};
  const inner = {
    isCongested: false,
    write: (item: string) => void seen.push(item),
    drained: () => new Promise<void>((resolve) => (drain = resolve)),
    end: () => {},
  };
  let dropped = 0;
  const lossy = new LossySubscriber<string>(inner, {
    onDropped: () => dropped++,
    onRecovered: () => lossy.write('ready'),
  });
  lossy.write('first');
  inner.isCongested = true;
  lossy.write('lost');
  inner.isCongested = false;
  lossy.write('lost too, or it would come before the client knows that some are missing');
  expect([seen, dropped]).toEqual([['first'], 2]);
  drain();
  await vi.waitFor(() => expect(seen).toEqual(['first', 'ready']));
  lossy.write('next');
  expect(seen.at(-1)).toBe('next');
});

describe('who types', () => {
  const typing = (userId: string, isTyping = true) => ({ userId, isTyping });
  const users = (items: StreamItem[]) => items.map(({ typing }) => typing?.userIds);
  const message = (actorId: string): LogEvent =>
    logEvent({ type: 'MESSAGE_CREATED', actorId, messageId: 'm' }, 'chat', 2, new Date());
  const ending = (userId: string): LogEvent =>
    logEvent({ type: 'MEMBER_REMOVED', actorId: 'ada', userId }, 'chat', 3, new Date());

  test('is sent at once, then at most once a second, and ends by itself after 6 seconds', () => {
    const { topic, items } = watched();
    topic.receive(typing('bob'));
    topic.receive(typing('eve'));
    expect(items).toMatchObject([{ type: 'TypingChanged', typing: { userCount: 1, expiresInMs: 6_000 } }]);
    vi.advanceTimersByTime(1_000);
    expect(users(items)).toEqual([['bob'], ['bob', 'eve']]);
    vi.advanceTimersByTime(2_000);
    topic.receive(typing('bob'));
    expect(items.at(-1)).toMatchObject({ typing: { expiresInMs: 6_000 } });
    vi.advanceTimersByTime(3_000);
    expect(users(items).at(-1)).toEqual(['bob']);
    vi.advanceTimersByTime(3_000);
    expect(items.at(-1)).toMatchObject({ typing: { userIds: [], userCount: 0, expiresInMs: 0 } });
    expect(topic.typing()).toBeNull();
    const told = items.length;
    vi.advanceTimersByTime(60_000);
    expect(items).toHaveLength(told);
    topic.close();
  });

  test('ends with a message and with a membership, and late reports do not begin it again', () => {
    const { topic, items } = watched();
    for (const user of ['bob', 'eve', 'kim']) topic.receive(typing(user));
    vi.advanceTimersByTime(1_000);
    topic.delivered(message('bob'));
    topic.delivered(ending('eve'));
    topic.receive(typing('eve'));
    vi.advanceTimersByTime(1_000);
    expect(users(items).at(-1)).toEqual(['kim']);
    topic.receive(typing('kim', false));
    vi.advanceTimersByTime(1_000);
    expect(users(items).at(-1)).toEqual([]);
    topic.close();
  });

  test('names the first five users and counts all', () => {
    const { topic, items } = watched();
    for (let i = 0; i < 30; i++) topic.receive(typing(`user ${i}`));
    vi.advanceTimersByTime(1_000);
    expect(items.at(-1)).toMatchObject({ typing: { userIds: [0, 1, 2, 3, 4].map((i) => `user ${i}`), userCount: 30 } });
    topic.close();
  });
});
