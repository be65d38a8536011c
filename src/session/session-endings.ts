import type { Transaction } from '../database/clock.ts';
import { Prisma } from '../database/generated/client.ts';

/**
 * Ends sessions, and returns their ids. Every ending goes through here: none of a session's tokens is valid without its
 * row.
 * Sessions are locked in the order of their ids, so that two endings do not deadlock.
 * @param which a condition on the session `s`
 */
export async function endSessions(tx: Pick<Transaction, '$queryRaw'>, which: Prisma.Sql): Promise<string[]> {
  const ended = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM session WHERE id = ANY(ARRAY(SELECT s.id FROM session s WHERE ${which} ORDER BY s.id FOR UPDATE))
    RETURNING id`;
  return ended.map(({ id }) => id);
}

export const ofUser = (userId: string): Prisma.Sql => Prisma.sql`s.user_id = ${userId}::uuid`;
