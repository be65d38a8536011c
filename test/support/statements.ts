import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { vi } from 'vitest';

/**
 * How many SQL statements some work takes, whichever database it is on: the fewest of three times, since the server's
 * own comparisons with the database may come in between.
 */
export async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const spies = [vi.spyOn(pg.Client.prototype, 'query'), vi.spyOn(PGlite.prototype, 'query')];
  const counts: number[] = [];
  for (let time = 0; time < 3; time++) {
    for (const spy of spies) spy.mockClear();
    await work();
    counts.push(spies.reduce((sum, { mock }) => sum + mock.calls.length, 0));
  }
  for (const spy of spies) spy.mockRestore();
  return Math.min(...counts);
}
