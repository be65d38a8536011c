import { expect, test } from 'vitest';
import { createGroupCommit } from '../../src/database/group-commit.ts';

const withState = (code: string) => Object.assign(new Error(code), { code });
const VIOLATION = withState('23503');
const AWAY = withState('57P01');

interface Item {
  name: string;
  queue?: string;
  condition?: string;
}

/** A commit that waits until the test answers it. */
interface UnderWay {
  names: string[];
  succeed: () => void;
  fail: (error: Error) => void;
}

function create(atMost = 10) {
  const commits: UnderWay[] = [];
  const write = createGroupCommit<Item, string>({
    atMost,
    queue: ({ queue = '' }) => queue,
    key: ({ name }) => name[0] ?? '',
    condition: ({ condition = '' }) => condition,
    commit: (batch) =>
      new Promise((resolve, reject) => {
        const succeed = () => resolve(new Map(batch.map((item) => [item, `wrote ${item.name}`])));
        commits.push({ names: batch.map(({ name }) => name), succeed, fail: reject });
      }),
  });
  const outcomes: Record<string, unknown> = {};
  const add = (...items: (string | Item)[]) => {
    for (const item of items.map((each) => (typeof each === 'string' ? { name: each } : each))) {
      const settle = (outcome: unknown) => void (outcomes[item.name] = outcome);
      write(item).then(settle, settle);
    }
  };
  /** Answers the newest commit, and waits for its consequences. */
  const answer = async (error?: Error) => {
    const underWay = commits.at(-1);
    if (error) underWay?.fail(error);
    else underWay?.succeed();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { add, answer, outcomes, batches: () => commits.map(({ names }) => names) };
}

test('items that arrive while a batch is being written share the next one, and each has its own result', async () => {
  const { add, answer, outcomes, batches } = create();
  add('a', 'b', 'c');
  expect(batches()).toEqual([['a']]);
  await answer();
  expect(batches()).toEqual([['a'], ['b', 'c']]);
  expect(outcomes).toEqual({ a: 'wrote a' });
  await answer();
  expect(outcomes).toEqual({ a: 'wrote a', b: 'wrote b', c: 'wrote c' });
  add('d');
  expect(batches().at(-1)).toEqual(['d']);
});

test('a batch has at most its maximum number of items', async () => {
  const { add, answer, batches } = create(2);
  add('a', 'b', 'c', 'd');
  await answer();
  await answer();
  expect(batches()).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('items with the same key and another condition wait for the next batch; those with another key do not', async () => {
  const { add, answer, batches } = create();
  add('first', { name: 'a1', condition: 'x' }, { name: 'a2', condition: 'y' }, 'b');
  await answer();
  await answer();
  expect(batches()).toEqual([['first'], ['a1', 'b'], ['a2']]);
});

test('queues are written in parallel', () => {
  const { add, batches } = create();
  add({ name: 'a', queue: 'one' }, { name: 'b', queue: 'two' });
  expect(batches()).toEqual([['a'], ['b']]);
});

test('if a batch violates a constraint, each item is written separately, and only the offending one fails', async () => {
  const { add, answer, outcomes, batches } = create();
  add('a', 'b', 'c');
  await answer();
  await answer(VIOLATION);
  await answer(VIOLATION);
  await answer();
  expect(batches()).toEqual([['a'], ['b', 'c'], ['b'], ['c']]);
  expect(outcomes).toEqual({ a: 'wrote a', b: VIOLATION, c: 'wrote c' });
});

test('while the database is away waiting items fail too, and the next item tries again', async () => {
  const { add, answer, outcomes, batches } = create();
  add('a', 'b', { name: 'c', condition: 'x' });
  await answer(AWAY);
  expect(outcomes).toEqual({ a: AWAY, b: AWAY, c: AWAY });
  add('d');
  await answer();
  expect(batches()).toEqual([['a'], ['d']]);
  expect(outcomes).toMatchObject({ d: 'wrote d' });
});
