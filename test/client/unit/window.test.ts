import { describe, expect, test } from 'vitest';
import { join, place, type PageArguments, type Window } from '../../../client/cache/window.ts';

const rank = (edge: number) => edge;

/** `[3 4 5]` is the whole list; `…3 4 5…` has more on both sides. */
function window(text: string): Window<number> {
  const edges = text.match(/\d+/g)?.map(Number) ?? [];
  return {
    edges,
    pageInfo: {
      hasPreviousPage: text.startsWith('…'),
      hasNextPage: text.endsWith('…'),
      startCursor: String(edges[0] ?? null),
      endCursor: String(edges.at(-1) ?? null),
    },
  };
}

function print({ edges, pageInfo }: Window<number>): string {
  return `${pageInfo?.hasPreviousPage ? '…' : '['}${edges.join(' ')}${pageInfo?.hasNextPage ? '…' : ']'}`;
}

describe('an edge joins a window that covers its place', () => {
  test.each([
    ['above the end of the list', '…3 4 5]', 6, '…3 4 5 6]'],
    ['above a window that does not reach the end', '…3 4 5…', 6, '…3 4 5…'],
    ['below the beginning of the list', '[3 4 5]', 2, '[2 3 4 5]'],
    ['below a window that does not reach the beginning', '…3 4 5]', 2, '…3 4 5]'],
    ['in a window in the middle of the list', '…3 5…', 4, '…3 4 5…'],
    ['that it has already', '…3 4 5]', 4, '…3 4 5]'],
    ['of an empty list', '[]', 1, '[1]'],
    ['of a window that is empty and has more after it', '[…', 1, '[…'],
  ])('%s', (_name, before, edge, after) => {
    expect(print(place(window(before), edge, rank))).toBe(after);
  });
});

describe('a page joins the window', () => {
  test.each<[string, string, string, PageArguments, string]>([
    ['the first page', '', '…3 4]', { last: 2 }, '…3 4]'],
    ['a newest page that overlaps', '…3 4 5]', '…5 6]', { last: 2 }, '…3 4 5 6]'],
    ['a newest page inside the window', '…3 4 5]', '…4 5]', { last: 2 }, '…3 4 5]'],
    ['a newest page with a gap before it replaces the window', '…3 4]', '…8 9]', { last: 2 }, '…8 9]'],
    ['an older page that touches', '…5 6]', '…3 4…', { last: 2, before: '5' }, '…3 4 5 6]'],
    ['the oldest page', '…5 6]', '[3 4…', { last: 2, before: '5' }, '[3 4 5 6]'],
    ['an older page of a list that was replaced meanwhile', '…8 9]', '…3 4…', { last: 2, before: '5' }, '…8 9]'],
    ['a newer page that touches', '…3 4…', '…5 6]', { first: 2, after: '4' }, '…3 4 5 6]'],
    ['a newer page that overlaps', '…3 4…', '…4 5…', { first: 2, after: '3' }, '…3 4 5…'],
    ['a page around a distant anchor replaces the window', '…8 9]', '…3 4…', { first: 2, around: {} }, '…3 4…'],
    ['a page around an anchor that overlaps', '…4 5]', '…3 4…', { first: 2, around: {} }, '…3 4 5]'],
    ['a page around an anchor within the window', '…3 4 5]', '…4…', { first: 1, around: {} }, '…3 4 5]'],
    ['a newest page after a jump', '…3 4…', '…8 9]', { last: 2 }, '…8 9]'],
    ['a newest page that closes the gap after a jump', '…3 4…', '…4 5]', { last: 2 }, '…3 4 5]'],
    ['an empty page before', '…3 4]', '[]', { last: 2, before: '3' }, '[3 4]'],
    ['an empty page after', '[3 4…', '[]', { first: 2, after: '4' }, '[3 4]'],
  ])('%s', (_name, before, page, args, after) => {
    const old = before === '' ? undefined : window(before);
    expect(print(join(old, window(page), args, rank))).toBe(after);
  });
});

test('a page around an anchor without page info does not count as an end of the list', () => {
  const page = join(undefined, { edges: [3, 4] }, { first: 2, around: {} }, rank);
  expect(place(page, 5, rank).edges).toEqual([3, 4]);
  expect(place(page, 2, rank).edges).toEqual([3, 4]);
});

test('pages in any order leave no gap, and the ends stay right', () => {
  const all = Array.from({ length: 12 }, (_, i) => i + 1);
  const page = (from: number, to: number): Window<number> => ({
    edges: all.slice(Math.max(from, 1) - 1, to),
    pageInfo: {
      hasPreviousPage: from > 1,
      hasNextPage: to < all.length,
      startCursor: String(Math.max(from, 1)),
      endCursor: String(Math.min(to, all.length)),
    },
  });
  const steps: ((held: Window<number>) => [Window<number>, PageArguments])[] = [
    ...all.map((at) => (): [Window<number>, PageArguments] => [
      page(at - 2, at + 1),
      { first: 4, around: { position: at } },
    ]),
    () => [page(10, 12), { last: 3 }],
    ({ edges: [start = 0] }) => [page(start - 3, start - 1), { last: 3, before: String(start) }],
    ({ edges }) => [page(edges.at(-1)! + 1, edges.at(-1)! + 3), { first: 3, after: String(edges.at(-1)) }],
  ];
  for (const first of steps) {
    for (const second of steps) {
      for (const third of steps) {
        let held = page(10, 12);
        for (const step of [first, second, third]) {
          const [answer, args] = step(held);
          held = join(held, answer, args, rank);
        }
        const [start = 0] = held.edges;
        expect(held.edges).toEqual(all.slice(start - 1, start - 1 + held.edges.length));
        expect(held.pageInfo).toMatchObject({ hasPreviousPage: start > 1, hasNextPage: held.edges.at(-1)! < 12 });
      }
    }
  }
});
