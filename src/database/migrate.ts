import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { DatabaseUnavailableError } from './errors.ts';
import type { MigrationConnection } from './migration-connection.ts';
import { checkMayMigrate } from './preconditions.ts';

export interface Migration {
  name: string;
  script: string;
}

/** The key of Prisma's own advisory lock, so that `prisma migrate deploy` and a starting server exclude each other. */
const LOCK = 72707369;

/** A migration with this line leaves a database on which servers of the version before it can run. */
const COMPATIBLE = /^-- parley: compatible$/m;

/**
 * Applies the pending migrations and returns their names. It does what `prisma migrate deploy` does, in the same table,
 * without the engine's binary. Any number of servers may start at once: one applies, the others wait.
 */
export async function migrate(connection: MigrationConnection, migrations = readMigrations()): Promise<string[]> {
  await connection.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    const records = await readRecords(connection);
    const pending = findPending(records ?? [], migrations);
    if (pending.length === 0) return [];
    await checkMayMigrate(connection);
    if (records === undefined) await createTable(connection);
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

/** The names of the migrations that `migrate` would apply. It throws as `migrate` would, and writes nothing. */
export async function pendingMigrations(connection: MigrationConnection): Promise<string[]> {
  const pending = findPending((await readRecords(connection)) ?? [], readMigrations());
  if (pending.length > 0) await checkMayMigrate(connection);
  return pending.map(({ name }) => name);
}

interface MigrationRecord {
  name: string;
  checksum: string;
  finished: boolean;
  logs: string | null;
}

/** The applied migrations; undefined in an empty schema. */
async function readRecords(connection: MigrationConnection): Promise<MigrationRecord[] | undefined> {
  const [found] = await connection.query<{ prepared: boolean; used: boolean }>(`
    SELECT coalesce(bool_or(relname = '_prisma_migrations'), false) AS prepared, count(*) > 0 AS used
    FROM pg_class
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')`);
  if (found?.prepared) {
    return connection.query<MigrationRecord>(`
      SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished, logs
      FROM _prisma_migrations WHERE rolled_back_at IS NULL`);
  }
  if (!found?.used) return undefined;
  throw new DatabaseUnavailableError(
    'The database holds tables of another application: create an empty database for Parley and name it in DATABASE_URL.',
  );
}

const createTable = (connection: MigrationConnection) =>
  connection.runScript(`
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

function findPending(records: MigrationRecord[], migrations: Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished, logs } of records) {
    // Prisma's tool leaves such a row. An operator must find out what the migration has changed.
    if (!finished) {
      throw new DatabaseUnavailableError(
        `Migration ${name} failed earlier (${logs ?? 'it was interrupted'}): repair what it left, then let it run again with ` +
          `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${name}' AND finished_at IS NULL.`,
      );
    }
    const migration = known.get(name);
    if (migration === undefined && logs !== DECLARED_COMPATIBLE) {
      throw new DatabaseUnavailableError(
        `The database has the migration ${name}, which this version of Parley does not know: start a newer version, or restore the database from before it.`,
      );
    }
    if (migration !== undefined && !checksums(migration.script).includes(checksum)) {
      throw new DatabaseUnavailableError(
        `The migration ${name} of the database is another than that of this version of Parley: start the version that the database comes from.`,
      );
    }
  }
  const applied = new Set(records.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Git may have changed the line ends, so the checksums of both forms are valid, as for Prisma. */
function checksums(script: string): string[] {
  const unix = script.replaceAll('\r\n', '\n');
  return [sha256(script), sha256(unix), sha256(unix.replaceAll('\n', '\r\n'))];
}

/** Marks a compatible migration in the column `logs`, for older servers, which do not have the script. */
const DECLARED_COMPATIBLE = 'compatible';

/**
 * The script and its record are one transaction, so that the next start repeats a migration that failed or was cut
 * short.
 */
async function apply(connection: MigrationConnection, { name, script }: Migration): Promise<void> {
  const logs = COMPATIBLE.test(script) ? DECLARED_COMPATIBLE : null;
  try {
    await connection.transaction(async (tx) => {
      await tx.runScript(script);
      await tx.query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, finished_at, applied_steps_count)
         VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
        [randomUUID(), sha256(script), name, logs],
      );
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatabaseUnavailableError(
      `Migration ${name} failed and was undone: ${reason}. The next start tries it again; until then run the version of Parley that the database had.`,
      { cause: error },
    );
  }
}
