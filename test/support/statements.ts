import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { vi } from 'vitest';
import { groupBy } from '../../src/group-by.ts';

/** Records the SQL statements of each connection during some work, in order, on either database. */
export async function recordStatements(work: () => Promise<unknown>): Promise<string[][]> {
  const spies = [vi.spyOn(pg.Client.prototype, 'query'), vi.spyOn(PGlite.prototype, 'query')];
  try {
    await work();
    const calls = spies.flatMap(({ mock }) =>
      mock.calls.map(([query], i) => ({
        connection: mock.contexts[i],
        query,
      })),
    );
    const byConnection = [...groupBy(calls, ({ connection }) => connection).values()];
    return byConnection.map((own) => own.map(({ query }) => sqlOf(query)));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/**
 * Counts the SQL statements of some work, on either database. It takes the highest of three counts, so that a statement
 * that is only sent every other time counts, after one run in which the server loads the user. The server must be
 * `silent`, because statements in the background would count too.
 */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const spies = [vi.spyOn(pg.Client.prototype, 'query'), vi.spyOn(PGlite.prototype, 'query')];
  const counts: number[] = [];
  await work();
  for (let time = 0; time < 3; time++) {
    for (const spy of spies) spy.mockClear();
    await work();
    counts.push(spies.reduce((sum, { mock }) => sum + mock.calls.length, 0));
  }
  for (const spy of spies) spy.mockRestore();
  return Math.max(...counts);
}

const sqlOf = (query: unknown): string => (typeof query === 'string' ? query : (query as { text: string }).text);
