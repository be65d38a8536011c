import { expect, test } from 'vitest';
import { createBoundedQueue } from '../../src/session/bounded-queue.ts';

/** Works that end when they are told to. */
function works() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, work };
}
const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test('so many run, so many wait in their order, and what comes beyond is refused at once', async () => {
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

test('a work that fails gives its place back', async () => {
  const run = createBoundedQueue(1, 0, () => new Error('full'));

  for (let i = 0; i < 3; i++) await expect(run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');

  await expect(run(() => Promise.resolve('done'))).resolves.toBe('done');
});
