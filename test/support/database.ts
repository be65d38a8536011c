import { openAsBlob } from 'node:fs';
import { inject } from 'vitest';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/open.ts';

/**
 * Opens the database of the running project. On PostgreSQL every call opens the same one, as servers that share it do.
 * Embedded, every call opens a new one.
 */
export async function openTestDatabase(): Promise<Database> {
  return openDatabase(await testDatabaseOptions());
}

async function testDatabaseOptions(): Promise<DatabaseOptions> {
  const database = inject('database');
  const dataDir = 'memory://';
  if ('url' in database) return { url: database.url, dataDir, poolSize: 5 };
  return { dataDir, image: await openAsBlob(database.image, { type: 'application/x-tar' }) };
}
