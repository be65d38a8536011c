import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { prepareServer, type ConnectOptions } from './connect.ts';
import { openPool, requestDeadlines, reserveDeadlines, type Connections } from './pool.ts';
import type { Statement } from './statement.ts';

/** Number of connections for the server's own work: the comparison, the gaps and the canary. */
const RESERVE = 3;

interface PostgresOptions extends ConnectOptions {
  poolSize?: number | undefined;
  timeoutMs: number;
}

export async function openPostgres({ poolSize = 10, timeoutMs, ...addresses }: PostgresOptions) {
  const { client, schema } = await prepareServer(addresses);
  const connections: Connections = new Set();
  const pool = openPool({ client, size: poolSize, deadlines: requestDeadlines(timeoutMs), connections });
  const reservePool = openPool({ client, size: RESERVE, deadlines: reserveDeadlines(timeoutMs), connections });
  const adapter = new PrismaPg(pool, { schema });
  // A pooler may run each statement in another session, in which it has not been prepared.
  const prepared = addresses.directUrl === undefined;
  return {
    kind: 'postgres' as const,
    adapter,
    pool,
    statement: statementOn(pool, prepared),
    reserve: statementOn(reservePool, prepared),
    close: () => Promise.all([pool.end(), reservePool.end()]).then(() => undefined),
  };
}

function statementOn(pool: pg.Pool, prepared: boolean): Statement {
  return async ({ text, values }) => {
    const name = prepared && { name: nameOf(text) };
    return (await pool.query<never>({ text, values, ...name })).rows;
  };
}

/**
 * The name is a hash of the text and so the same on every server: a pooler may hand a server a session in which another
 * server prepared the statement.
 */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined)
    names.set(text, (name = `parley_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`));
  return name;
}
const names = new Map<string, string>();
