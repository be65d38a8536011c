import type { Cache } from '@urql/exchange-graphcache';

/** Notes of the kit in graphcache, as links of records that no query reaches. */
export type Mark =
  /** Shown by the kit's lists. Without a link, graphcache's garbage collector would remove the record. */
  | 'Kept'
  /** Made by an optimistic result. The mark is in the layer of that result, and is removed with it. */
  | 'Made'
  /** Ended by an optimistic result. */
  | 'Ended';

const recordOf = (mark: Mark, list: string) => `Parley${mark}:${list}`;

export function mark(cache: Cache, as: Mark, list: string, key: string): void {
  cache.link(recordOf(as, list), key, key);
}

export function unmark(cache: Cache, as: Mark, list: string, key: string): void {
  cache.link(recordOf(as, list), key, undefined);
}

/** Reads the marks. A query that reads them is run again when they change. */
export function marked(cache: Cache, as: Mark, list: string): string[] {
  const record = recordOf(as, list);
  return cache
    .inspectFields(record)
    .map(({ fieldKey }) => fieldKey)
    .filter((key) => cache.resolve(record, key) !== undefined);
}
