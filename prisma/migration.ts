/**
 * `npm run migration -- <name>` writes the migration that leads from the existing ones to schema.prisma.
 * `npm run migration -- --check` fails if there is anything to write.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { migrate, readMigrations } from '../src/database/migrate.ts';
import { pgliteConnection } from '../src/database/migration-connection.ts';
import { loadSchemaEngine } from './schema-engine.ts';

const directory = join(import.meta.dirname, 'migrations');
const lockfile = '# Read by `prisma migrate`.\nprovider = "postgresql"\n';

/** Returns the SQL that leads from the result of the existing migrations to schema.prisma. */
async function writeDifference(): Promise<string> {
  const path = join(import.meta.dirname, 'schema.prisma');
  const schema = { path, content: readFileSync(path, 'utf8') };
  const pglite = await PGlite.create({ extensions: { pg_trgm } });
  try {
    mkdirSync(directory, { recursive: true });
    await migrate(pgliteConnection(pglite), readMigrations(directory));
    const SchemaEngine = await loadSchemaEngine();
    const engine = await SchemaEngine.new(
      { datamodels: [[schema.path, schema.content]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(pglite)),
    );
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files: [schema], configDir: import.meta.dirname },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    await pglite.close();
  }
}

const isEmpty = (sql: string) => sql.split('\n').every((line) => line.trim() === '' || line.startsWith('--'));

async function check(): Promise<void> {
  const difference = await writeDifference();
  if (isEmpty(difference)) return console.log('The migrations lead to schema.prisma.');
  throw new Error(
    `The migrations do not lead to schema.prisma. Missing:\n\n${difference}\nRun \`npm run migration -- <name>\`.`,
  );
}

async function create(name: string): Promise<void> {
  const difference = await writeDifference();
  if (isEmpty(difference)) throw new Error('Nothing to write: the migrations already lead to schema.prisma.');
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const migration = join(directory, `${timestamp}_${name}`);
  mkdirSync(migration);
  writeFileSync(join(migration, 'migration.sql'), difference.trimStart());
  writeFileSync(join(directory, 'migration_lock.toml'), lockfile);
  console.log(`${join(migration, 'migration.sql')} is written. Read it, and add the statements that move data.`);
}

const [argument = ''] = process.argv.slice(2);
try {
  if (argument === '--check') await check();
  else if (/^[a-z0-9_]+$/.test(argument)) await create(argument);
  else throw new Error('Usage: npm run migration -- <name, of a–z, 0–9 and _> | --check');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
