import { readConfig } from '../config/config.ts';
import { readMigrations } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';

/**
 * `parley migrate`, for deployments that migrate the database before their servers start. A server also migrates it.
 */
export async function migrate(): Promise<void> {
  const database = await openDatabase({ ...readConfig().database, report: console.log });
  await database.close();
  console.log(`The database is up to date. Its newest migration is ${readMigrations().at(-1)?.name}.`);
}
