import { expect, test } from 'vitest';
import { createBoundedQueue } from '../../src/session/bounded-queue.ts';

/** Tasks that end when the test says so. */
function works() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, work };
}
const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('tasks run and wait up to the limits, in order, and further ones are refused at once', async () => {
  const run = createBoundedQueue(2, 3, () => new Error('full'));
  const { ends, work } = works();
  const done: number[] = [];
  const begun = [0, 1, 2, 3, 4].map((n) => run(work).then(() => done.push(n)));
  await turns();
  expect(ends).toHaveLength(2);

  await expect(run(work)).rejects.toThrow('full');
  expect(ends).toHaveLength(2);

  ends[0]!();
  await turns();
  expect(ends).toHaveLength(3);
  begun.push(run(work).then(() => done.push(5)));
  await expect(run(work)).rejects.toThrow('full');
  for (let i = 1; i < 6; i++) {
    await turns();
    ends[i]!();
  }
  await Promise.all(begun);
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
});

test('a task that fails frees its place', async () => {
  const run = createBoundedQueue(1, 0, () => new Error('full'));

  for (let i = 0; i < 3; i++) await expect(run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');

  await expect(run(() => Promise.resolve('done'))).resolves.toBe('done');
});
