import { readConfig } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { setPassword as set } from '../session/set-password.ts';
import { readPassword } from './read-password.ts';
import { CommandError } from './run.ts';

/** `parley set-password <username>`. The password is never an argument, because lists of processes show arguments. */
export async function setPassword(username: string): Promise<void> {
  const { database: options, auth } = readConfig();
  if (auth?.by === 'provider') {
    throw new CommandError('Accounts are kept by your identity provider (JWKS_URL is set): set the password there.');
  }
  const password = await readPassword();
  const database = await openDatabase({ ...options, report: console.log });
  const sessions = await set(database.db, { username, password }).finally(() => database.close());
  console.log(
    `The password of ${username} is set. Sessions that were ended: ${sessions}. ` +
      'Servers that run now close their connections, and refuse their access tokens, within a few seconds.',
  );
}
