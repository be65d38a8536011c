import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { vi } from 'vitest';
import { groupBy } from '../../src/group-by.ts';

/** The SQL statements of each connection while some work is done, in order, whichever database it is on. */
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
 * How many SQL statements some work takes, whichever database it is on: the most of three times, so that one that comes
 * every other time counts, and after once in which a server learns who asks. The server must be `silent`, or what it
 * does by itself counts too.
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
