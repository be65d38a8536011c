import { expect, test } from 'vitest';
import { AsyncQueue } from '../../src/transport/async-queue.ts';

const create = () => {
  const returned = { times: 0 };
  const queue = new AsyncQueue<string>({ onReturn: () => returned.times++, weigh: ({ length }) => length });
  return { queue, returned };
};

test('values are read in the order in which they were pushed, even by a waiting reader', async () => {
  const { queue } = create();
  const first = queue.next();
  queue.push('a');
  queue.push('bc');
  expect(await first).toEqual({ done: false, value: 'a' });
  expect(queue.weight).toBe(2);
  expect(await queue.next()).toEqual({ done: false, value: 'bc' });
  expect(queue.weight).toBe(0);
});

test('a queue that has ended is read to its end, and accepts nothing more', async () => {
  const { queue } = create();
  queue.push('a');
  queue.end();
  queue.push('b');
  const read: string[] = [];
  for await (const value of queue) read.push(value);
  expect(read).toEqual(['a']);
});

test('all callers that wait for the queue to drain are resumed', async () => {
  const { queue } = create();
  queue.push('a');
  queue.push('b');
  const told: number[] = [];
  const waiting = [0, 1].map((n) => queue.drained().then(() => told.push(n)));
  await queue.next();
  expect(told).toEqual([]);
  await queue.next();
  await Promise.all(waiting);
  expect(told).toEqual([0, 1]);
});

test('a reader that stops is reported, and waiting callers are resumed', async () => {
  const { queue, returned } = create();
  queue.push('a');
  const drained = queue.drained();
  const ended = await queue.return();
  await drained;
  expect([ended, returned.times, queue.weight]).toEqual([{ done: true, value: undefined }, 1, 0]);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});
