import { z } from 'zod';
import type { Page } from '../database/page.ts';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/**
 * Keyset pagination over rows in the order of a key: pages stay stable while rows come and go.
 * @param kind names the connection in its cursors, so that those of another are refused
 * @param key the shape of the key
 * @param newestLast whether a page without `first` and `last` is the last one
 */
export function keyset<Key extends z.ZodType>(kind: string, key: Key, { newestLast = false } = {}) {
  type K = z.output<Key>;
  const cursorShape = z.tuple([z.literal(kind), key]);

  function decode(name: 'after' | 'before', cursor: string | null | undefined): K | null {
    if (cursor == null) return null;
    try {
      return cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))[1] as K;
    } catch {
      throw new BadRequestError(`${name}: this is not a cursor of this connection.`);
    }
  }

  const toEdge = <Row>(node: Row, keyOf: (row: Row) => K) => ({
    node,
    cursor: Buffer.from(JSON.stringify([kind, keyOf(node)])).toString('base64url'),
  });

  return {
    /** The number of rows of a page around an anchor, which is `first`. Half of them are before the anchor. */
    sizeAround({ first, last, after, before }: PageArgs): number {
      const others = Object.entries({ last, after, before }).flatMap(([name, value]) => (value == null ? [] : [name]));
      if (others.length > 0)
        throw new BadRequestError(`around, ${others.join(', ')}: give \`around\` with \`first\` only.`);
      const size = first ?? limits.page.default;
      if (size < 1 || size > limits.page.max) throw new BadRequestError(`first: must be 1–${limits.page.max}.`);
      return size;
    },

    /** @param rows in order, up to one more than the page has on each side of the anchor. */
    connectionAround<Row extends { isBefore: boolean }>(rows: readonly Row[], size: number, keyOf: (row: Row) => K) {
      const before = rows.filter(({ isBefore }) => isBefore);
      const from = rows.slice(before.length);
      const half = from.length === 0 ? size : Math.floor(size / 2);
      const shown = [...before.slice(Math.max(before.length - half, 0)), ...from.slice(0, Math.ceil(size / 2))];
      const edges = shown.map((row) => toEdge(row, keyOf));
      return {
        edges,
        pageInfo: {
          hasNextPage: from.length > Math.ceil(size / 2),
          hasPreviousPage: before.length > half,
          startCursor: edges[0]?.cursor ?? null,
          endCursor: edges.at(-1)?.cursor ?? null,
        },
      };
    },

    page({ first, after, last, before }: PageArgs): Page<K> {
      if (first != null && last != null) throw new BadRequestError('first, last: give one of them, not both.');
      const backward = last != null || (first == null && newestLast);
      const limit = last ?? first ?? limits.page.default;
      if (limit < 1 || limit > limits.page.max) {
        throw new BadRequestError(`${backward ? 'last' : 'first'}: must be 1–${limits.page.max}.`);
      }
      return { limit, backward, after: decode('after', after), before: decode('before', before) };
    },

    /** @param rows up to one more than the limit, in the direction of the page. */
    connection<Row>(rows: readonly Row[], page: Page<K>, keyOf: (row: Row) => K) {
      const more = rows.length > page.limit;
      const shown = rows.slice(0, page.limit);
      if (page.backward) shown.reverse();
      const edges = shown.map((row) => toEdge(row, keyOf));
      return {
        edges,
        pageInfo: {
          hasNextPage: page.backward ? page.before !== null : more,
          hasPreviousPage: page.backward ? more : page.after !== null,
          startCursor: edges[0]?.cursor ?? null,
          endCursor: edges.at(-1)?.cursor ?? null,
        },
      };
    },
  };
}

/**
 * The cost of a connection: its rows, each with its selection. Pages that are too large are refused when they are read.
 */
export const pageCost = {
  rows: ({ first, last }: Readonly<Record<string, unknown>>): number => {
    const size = first ?? last ?? limits.page.default;
    return typeof size === 'number' ? Math.min(Math.max(size, 1), limits.page.max) : limits.page.max;
  },
};
