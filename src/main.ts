import './production.ts';
import { join } from 'node:path';
import { pino } from 'pino';
import { startApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { DatabaseUnavailableError } from './database/errors.ts';
import { openDatabase } from './database/open.ts';
import { createMemoryPubSub } from './events/memory.ts';
import { createRedisPubSub } from './events/redis.ts';
import { packageRoot } from './package-root.ts';
import { keptSecret } from './session/kept-secret.ts';
import { GRAPHQL_PATH } from './transport/http.ts';

async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino({ level: config.logLevel });
  if (config.database.url === undefined) console.log(`Opening the embedded database in ${config.database.dataDir} …`);
  const database = await openDatabase(config.database);
  const { url, prefix = database.deploymentId } = config.redis;
  const pubsub = url ? createRedisPubSub({ url, prefix: `${prefix}:`, logger }) : createMemoryPubSub();
  const auth = config.auth ?? { by: 'accounts', secret: keptSecret(config.database.dataDir) };
  const webRoot = join(packageRoot, 'dist', 'web');
  const app = await startApp({ ...config, database, pubsub, logger, auth, webRoot }).catch(async (error: unknown) => {
    await Promise.all([pubsub.close(), database.close()]);
    throw isPortTaken(error)
      ? new ConfigError(`PORT ${config.port} is taken: stop what listens there, or choose another.`)
      : error;
  });

  const address = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${app.port}`;
  console.log(`Parley is running.
  Chat      ${address}/
  GraphiQL  ${address}${GRAPHQL_PATH}
  API       ${address}${GRAPHQL_PATH} and ws${address.slice('http'.length)}${GRAPHQL_PATH}
  Data      ${database.kind === 'embedded' ? `${config.database.dataDir} (embedded)` : 'PostgreSQL'}, ${url ? 'Redis' : 'in-process PubSub'}`);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await app.stop();
    await pubsub.close();
    await database.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

main().catch((error: unknown) => {
  const expected = error instanceof ConfigError || error instanceof DatabaseUnavailableError;
  console.error(expected ? error.message : error);
  process.exit(1);
});
