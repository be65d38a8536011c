import { readConfig } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { restored as beginAnew } from '../operations/restored.ts';

/** `parley restored`, to be run before the servers start on a restored database. */
export async function restored(): Promise<void> {
  const database = await openDatabase({ ...readConfig().database, report: console.log });
  const chats = await beginAnew(database.db).finally(() => database.close());
  console.log(`${chats} chats begin anew: their clients are told to fetch them again. Start the servers now.`);
}
