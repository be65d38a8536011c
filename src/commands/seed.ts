import { startApp } from '../app.ts';
import { readConfig } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { createMemoryPubSub } from '../pubsub/memory.ts';
import { keptSecret } from '../config/kept-secret.ts';
import { demoPassword, makeDemo } from './demo.ts';
import { createLogger } from '../logger.ts';

const credentials = `Sign in as ada, grace or linus with the password: ${demoPassword}`;

/**
 * `parley seed` creates demo data: three accounts and their chats. It starts a server of its own and uses the API, as
 * any client does. If ada has an account already, it does nothing.
 */
export async function seed(): Promise<void> {
  const config = readConfig();
  const database = await openDatabase({ ...config.database, report: console.log });
  if ((await database.db.user.count({ where: { username: 'ada' } })) > 0) {
    console.log(`There is an account ada already: nothing was done. ${credentials}`);
    return database.close();
  }
  const app = await startApp({
    ...config,
    database,
    // Servers on the same database find in the log what is written here.
    pubsub: createMemoryPubSub(),
    logger: createLogger('warn'),
    auth: config.auth ?? { by: 'accounts', secret: keptSecret(config.database.dataDir) },
    idempotency: 'optional',
    hasReceipts: true,
    hasHealthDetails: false,
    host: '127.0.0.1',
    port: 0,
    webRoot: '',
  });
  try {
    await makeDemo(`http://127.0.0.1:${app.port}/graphql`, database.db);
    console.log(`The demo is there. ${credentials}`);
  } finally {
    await app.stop();
    await database.close();
  }
}
