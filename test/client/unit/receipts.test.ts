import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deliveries } from '../../../client/receipts/deliveries.ts';
import { ReceiptStores } from '../../../client/receipts/receipts.ts';
import { messageStatus, readersOf, type ReadReceipt } from '../../../client/receipts/status.ts';

const receipt = (userId: string, readPosition: number, deliveredPosition = 0): ReadReceipt => ({
  userId,
  user: { id: userId, username: userId, displayName: userId },
  readPosition,
  deliveredPosition,
});

describe('the status of a message', () => {
  const message = { authorId: 'ada', position: 5 };

  test.each([
    ['nobody else has it', [receipt('ada', 9), receipt('grace', 4, 4), receipt('linus', 5)], 'SENT'],
    ['everyone has received it, or read it', [receipt('grace', 4, 6), receipt('linus', 5)], 'DELIVERED'],
    ['everyone has read it', [receipt('ada', 0), receipt('grace', 5), receipt('linus', 7)], 'READ'],
    ['there are no receipts', [], 'SENT'],
  ] as const)('%s', (_, receipts, status) => {
    expect(messageStatus(message, receipts)).toBe(status);
  });

  test('never goes back', () => {
    expect(messageStatus({ ...message, status: 'READ' }, [receipt('grace', 4, 4)])).toBe('READ');
    expect(messageStatus({ ...message, status: 'READ' }, [receipt('grace', 4, 5)])).toBe('READ');
    expect(messageStatus({ ...message, status: 'DELIVERED' }, [receipt('grace', 5)])).toBe('READ');
  });

  test('has the users who have read it', () => {
    const receipts = [receipt('ada', 9), receipt('grace', 5), receipt('linus', 4)];
    expect(readersOf(message, receipts).map(({ userId }) => userId)).toEqual(['grace']);
  });
});

describe('receipts of a chat', () => {
  let stores: ReceiptStores;
  let stop: () => void;
  beforeEach(() => {
    stores = new ReceiptStores(() => {});
    stop = stores.of('chat').subscribe(() => {});
  });

  const shown = () =>
    stores
      .of('chat')
      .getSnapshot()
      ?.map(({ userId, readPosition, deliveredPosition }) => [userId, readPosition, deliveredPosition]);
  const rose = (...receipts: ReadReceipt[]) =>
    stores.rose({ __typename: 'ReadReceiptsChanged', chatId: 'chat', receipts });
  const read = (...receipts: ReadReceipt[]) => stores.reading(['chat'])(new Map([['chat', receipts]]));

  test('have the highest positions received, in any order, repeated or late', () => {
    read(receipt('ada', 1, 1), receipt('grace', 2, 6));
    rose(receipt('grace', 5, 5));
    rose(receipt('grace', 3, 3), receipt('ada', 2, 2));
    rose(receipt('grace', 5, 5));
    expect(shown()).toEqual([
      ['ada', 2, 2],
      ['grace', 5, 6],
    ]);
    read(receipt('ada', 0, 0), receipt('grace', 4, 4));
    expect(shown()).toEqual([
      ['ada', 2, 2],
      ['grace', 5, 6],
    ]);
  });

  test('that rise while they are being read are not lost', () => {
    const done = stores.reading(['chat']);
    rose(receipt('grace', 5));
    expect(shown()).toBeUndefined();
    done(new Map([['chat', [receipt('grace', 4)]]]));
    expect(shown()).toEqual([['grace', 5, 0]]);
    expect(stores.wanted()).toEqual([]);
  });

  test('are read again if the members change, even while they are being read', () => {
    read(receipt('ada', 1), receipt('grace', 2));
    stores.apply({ __typename: 'MemberRemoved', chatId: 'chat', user: { id: 'grace' } });
    expect(stores.wanted()).toEqual(['chat']);
    const done = stores.reading(['chat']);
    stores.apply({ __typename: 'MemberAdded', chatId: 'chat' });
    done(new Map([['chat', [receipt('ada', 1)]]]));
    expect(shown()).toEqual([['ada', 1, 0]]);
    expect(stores.wanted()).toEqual(['chat']);
  });

  test('are empty in a chat that has become large', () => {
    read(receipt('ada', 1), receipt('grace', 2));
    read();
    expect(shown()).toEqual([]);
  });

  test('are wanted while they are watched, and again when they are next watched', () => {
    expect(stores.wanted()).toEqual(['chat']);
    read(receipt('ada', 1));
    expect(stores.wanted()).toEqual([]);
    stop();
    expect([stores.watched(), stores.wanted()]).toEqual([[], []]);
    stop = stores.of('chat').subscribe(() => {});
    expect(stores.wanted()).toEqual(['chat']);
  });
});

describe('the delivered position', () => {
  let told: { chatId: string; position: number }[][];
  let fails: boolean;
  let deliveries: Deliveries;
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    fails = false;
    deliveries = new Deliveries({
      viewerId: () => 'ada',
      memberCount: (chatId) => (chatId === 'large' ? 21 : 20),
      tell(positions) {
        told.push([...positions]);
        return fails ? Promise.reject(new TypeError('away')) : Promise.resolve();
      },
    });
  });
  afterEach(() => vi.useRealTimers());

  const message = (chatId: string, position: number, authorId = 'grace') => ({
    __typename: 'Message',
    id: `${chatId}${position}`,
    revision: position,
    chatId,
    position,
    authorId,
  });

  test('is sent once for all chats, at most every two seconds, and not while nothing arrives', async () => {
    deliveries.arrived({
      lists: [message('one', 3), message('one', 5), message('two', 2), message('three', 9, 'ada')],
    });
    expect(told).toEqual([]);
    deliveries.live(true);
    const first = [
      { chatId: 'one', position: 5 },
      { chatId: 'two', position: 2 },
    ];
    expect(told).toEqual([first]);
    deliveries.arrived(message('one', 6));
    deliveries.arrived(message('one', 7));
    deliveries.arrived(message('large', 7));
    await vi.advanceTimersByTimeAsync(1_900);
    expect(told).toEqual([first]);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual([first, [{ chatId: 'one', position: 7 }]]);
    await vi.advanceTimersByTimeAsync(60_000);
    deliveries.arrived(message('one', 4));
    expect(told).toHaveLength(2);
  });

  test('that could not be sent is sent with the next one', async () => {
    fails = true;
    deliveries.live(true);
    deliveries.arrived(message('one', 3));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toHaveLength(1);
    fails = false;
    deliveries.arrived(message('two', 4));
    expect(told[1]).toEqual([
      { chatId: 'one', position: 3 },
      { chatId: 'two', position: 4 },
    ]);
  });
});
