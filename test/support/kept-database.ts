import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { inject } from 'vitest';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { pgConnection, pgliteConnection } from '../../src/database/migration-connection.ts';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { createEmptyDatabase } from './empty-database.ts';

/** The newest migration of version 0.1.0. */
const NEWEST = '20261126044500_timeline';
const migrations = readMigrations().filter(({ name }) => name <= NEWEST);
const rows = readFileSync(join(import.meta.dirname, 'kept-0.1.0.sql'), 'utf8');

/** Opens a database that version 0.1.0 has filled, with this version. */
export async function openKeptDatabase(): Promise<{ database: Database; close: () => Promise<void> }> {
  const dataDir = 'memory://';
  if (!('url' in inject('database'))) {
    const pglite = await PGlite.create(dataDir, { extensions: { pg_trgm } });
    await migrate(pgliteConnection(pglite), migrations);
    await pglite.exec(rows);
    const image = await pglite.dumpDataDir('none');
    await pglite.close();
    const database = await openDatabase({ dataDir, image });
    return { database, close: () => database.close() };
  }
  const empty = await createEmptyDatabase();
  const client = await empty.connect();
  await migrate(pgConnection(client), migrations);
  await client.query(rows);
  const database = await openDatabase({ url: empty.url, dataDir });
  return { database, close: () => database.close().then(empty.drop) };
}
