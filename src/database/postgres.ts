import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { DatabaseUnavailableError } from './errors.ts';
import { migrate, pgConnection } from './migrate.ts';
import type { Statement } from './open.ts';

const CONNECT_TIMEOUT = 10_000;

interface PostgresOptions {
  url: string;
  directUrl?: string | undefined;
  poolSize?: number | undefined;
}

export async function openPostgres({ url, directUrl, poolSize = 10 }: PostgresOptions) {
  checkUrl(url, 'DATABASE_URL');
  if (directUrl !== undefined) checkUrl(directUrl, 'DIRECT_URL');
  await migrateOver(directUrl ?? url, directUrl === undefined ? 'DATABASE_URL' : 'DIRECT_URL');
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    // The adapter takes every time for UTC, whatever zone the server's configuration names. A statement, since
    // poolers refuse unknown start-up parameters but keep this setting.
    onConnect: setUtc,
  });
  // A connection that breaks while idle: the pool has dropped it already, and unheard the event would end the process.
  // The adapter listens too, but only between its first query and `$disconnect`.
  pool.on('error', () => undefined);
  const adapter = new PrismaPg(pool);
  // A pooler may give each statement another session, which knows nothing of what was prepared in the one before.
  const prepared = directUrl === undefined;
  const statement: Statement = async ({ text, values }) => {
    const name = prepared && { name: nameOf(text) };
    return (await pool.query<never>({ text, values, ...name })).rows;
  };
  return { kind: 'postgres' as const, adapter, pool, statement, close: () => pool.end() };
}

/** One name for one text, on every server: a pooler may show a session of one to another. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined)
    names.set(text, (name = `parley_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`));
  return name;
}
const names = new Map<string, string>();

const setUtc = (client: pg.ClientBase) => client.query(`SET TIME ZONE 'UTC'`);

async function migrateOver(url: string, variable: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT, keepAlive: true });
  // What is under way fails with the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw explain(error, url, variable);
  }
  try {
    await migrate(pgConnection(client));
  } finally {
    await client.end();
  }
}

function checkUrl(url: string, variable: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 'postgresql:' || protocol === 'postgres:') return;
  throw new DatabaseUnavailableError(
    `${variable} is not the address of a PostgreSQL database: write it as postgresql://user:password@host:5432/name.`,
  );
}

/** By SQLSTATE; what has none failed before PostgreSQL could answer. */
function explain(error: unknown, url: string, variable: string): Error {
  const { host, username, pathname } = new URL(url);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  const message =
    code === '28P01' || code === '28000'
      ? `PostgreSQL at ${host} does not let ${username || 'this user'} in: correct user and password in ${variable}.`
      : code === '3D000'
        ? `PostgreSQL at ${host} has no database ${pathname.slice(1)}: create it, or correct ${variable}.`
        : `PostgreSQL at ${host} cannot be reached (${reason}): start it, or correct ${variable}.`;
  return new DatabaseUnavailableError(message, { cause: error });
}
