import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startApp } from '../app.ts';
import { ConfigError, readConfig } from '../config/config.ts';
import { openDatabase } from '../database/open.ts';
import { createMemoryPubSub } from '../pubsub/memory.ts';
import { createRedisPubSub } from '../pubsub/redis.ts';
import { packageRoot } from '../package-root.ts';
import { keptSecret } from '../config/kept-secret.ts';
import { GRAPHQL_PATH } from '../transport/http.ts';
import { createLogger } from '../logger.ts';

/** Milliseconds that the connections to PostgreSQL and Redis may take to close. */
const CLOSE_MS = 1_000;

/** Runs the server until a signal ends it. Returns once it listens. */
export async function start(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config.logLevel);
  const database = await openDatabase({ ...config.database, report: console.log });
  const { url, prefix = database.deploymentId } = config.redis;
  const pubsub = url ? createRedisPubSub({ url, prefix: `${prefix}:`, logger }) : createMemoryPubSub();
  const auth = config.auth ?? { by: 'accounts', secret: keptSecret(config.database.dataDir) };
  const webRoot = join(packageRoot, 'dist', 'web');
  const app = await startApp({ ...config, database, pubsub, logger, auth, webRoot }).catch(async (error: unknown) => {
    await Promise.all([pubsub.close(), database.close()]);
    throw explainListening(error, config) ?? error;
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
    // Both may wait for ever for a server that does not answer.
    await Promise.race([Promise.all([pubsub.close(), database.close()]), setTimeout(CLOSE_MS)]);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

/**
 * A message that says why the server cannot listen and names the variable to correct; undefined for any other error.
 */
function explainListening(error: unknown, { host, port }: { host: string; port: number }): ConfigError | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined;
  if (code === 'EADDRINUSE') {
    return new ConfigError(`PORT ${port} is taken: stop what listens there, or choose another.`);
  }
  if (code === 'EACCES') {
    return new ConfigError(`PORT ${port} is not open to this user: choose one from 1024 on, or give the right to it.`);
  }
  return new ConfigError(
    `HOST ${host} is no address of this machine (${code}): correct it, or use 0.0.0.0 to listen on every address.`,
  );
}
