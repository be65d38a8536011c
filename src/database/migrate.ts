import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PGliteInterface, Transaction } from '@electric-sql/pglite';
import type pg from 'pg';
import { packageRoot } from '../package-root.ts';
import { DatabaseUnavailableError } from './errors.ts';

export interface Migration {
  name: string;
  script: string;
}

/**
 * One session of a database. Never a Prisma adapter: one splits scripts at every semicolon, the other does not wait
 * for them.
 */
export interface MigrationConnection {
  /** Sends a script of many statements whole; PostgreSQL then runs it as one transaction. */
  runScript(script: string): Promise<unknown>;
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
}

export const pgConnection = (client: pg.Client): MigrationConnection => ({
  runScript: (script) => client.query(script),
  query: async <Row>(sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows as Row[],
});

export const pgliteConnection = (pglite: PGliteInterface | Transaction): MigrationConnection => ({
  runScript: (script) => pglite.exec(script),
  query: async <Row>(sql: string, values: unknown[] = []) => (await pglite.query<Row>(sql, values)).rows,
});

/** The number that Prisma's own engine locks, so that `prisma migrate deploy` and a starting server exclude each other. */
const LOCK = 72707369;

/**
 * Brings the database up to date and returns the names of what it applied. Does what `prisma migrate deploy` does, in
 * the same table, without the engine's binary. Any number of servers may start at once: one applies, the others wait.
 */
export async function migrate(connection: MigrationConnection, migrations = readMigrations()): Promise<string[]> {
  await connection.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    await prepareTable(connection);
    const pending = await findPending(connection, migrations);
    for (const migration of pending) await apply(connection, migration);
    return pending.map(({ name }) => name);
  } finally {
    // A lost connection has released the lock already, and its own error is the one to report.
    await connection.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
  }
}

/** Finds `prisma/migrations` beside package.json, from the source tree and from a compiled one alike. */
export function readMigrations(directory = join(packageRoot, 'prisma', 'migrations')): Migration[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, script: readFileSync(join(directory, name, 'migration.sql'), 'utf8') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function prepareTable(connection: MigrationConnection): Promise<void> {
  const [found] = await connection.query<{ prepared: boolean; used: boolean }>(`
    SELECT to_regclass('_prisma_migrations') IS NOT NULL AS prepared,
           EXISTS (SELECT FROM pg_class
                   WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
                     AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')) AS used`);
  if (found?.prepared) return;
  if (found?.used) {
    throw new DatabaseUnavailableError(
      'The database holds tables of another application: create an empty database for Parley and name it in DATABASE_URL.',
    );
  }
  await connection.runScript(`
    CREATE TABLE _prisma_migrations (
      id                  VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum            VARCHAR(64) NOT NULL,
      finished_at         TIMESTAMPTZ,
      migration_name      VARCHAR(255) NOT NULL,
      logs                TEXT,
      rolled_back_at      TIMESTAMPTZ,
      started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
      applied_steps_count INTEGER NOT NULL DEFAULT 0
    )`);
}

async function findPending(connection: MigrationConnection, migrations: Migration[]): Promise<Migration[]> {
  const rows = await connection.query<{ migration_name: string; finished: boolean; logs: string | null }>(`
    SELECT migration_name, finished_at IS NOT NULL AS finished, logs
    FROM _prisma_migrations WHERE rolled_back_at IS NULL`);
  const failed = rows.find((row) => !row.finished);
  // What it left behind is for a person to look at, so nothing is applied after it.
  if (failed) {
    const { migration_name: name, logs } = failed;
    throw new DatabaseUnavailableError(
      `Migration ${name} failed earlier (${logs ?? 'it was interrupted'}): repair what it left, then let it run again with ` +
        `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${name}' AND finished_at IS NULL.`,
    );
  }
  const applied = new Set(rows.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(connection: MigrationConnection, { name, script }: Migration): Promise<void> {
  const id = randomUUID();
  const checksum = createHash('sha256').update(script).digest('hex');
  await connection.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    await connection.runScript(script);
  } catch (error) {
    const logs = error instanceof Error ? error.message : String(error);
    // The connection may be what failed; without logs the row blocks just as well.
    await connection.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, logs]).catch(() => undefined);
    throw new DatabaseUnavailableError(
      `Migration ${name} failed and was undone: ${logs}. The database stays as it was before; run the version of Parley it had.`,
      { cause: error },
    );
  }
  await connection.query(
    'UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = applied_steps_count + 1 WHERE id = $1',
    [id],
  );
}
