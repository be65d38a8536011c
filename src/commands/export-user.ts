import { readConfig } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { exportUser as write } from '../operations/export-user.ts';

/** `parley export-user <username>` writes JSON Lines to standard output, and nothing else there. */
export async function exportUser(username: string): Promise<void> {
  const { database: options } = readConfig();
  const database = await openDatabase({ ...options, report: console.error });
  const lines = await write(database.db, username, process.stdout).finally(() => database.close());
  console.error(`${lines} lines are written.`);
}
