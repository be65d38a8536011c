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

  return {
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
      const edges = shown.map((node) => ({
        node,
        cursor: Buffer.from(JSON.stringify([kind, keyOf(node)])).toString('base64url'),
      }));
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

/** What a connection costs: what is selected of a row, for each row. */
export const pageCost = ({ first, last }: PageArgs) => ({ multiplier: first ?? last ?? limits.page.default });
