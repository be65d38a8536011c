import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { readRedisAddress } from './redis-address.ts';

const options: RedisOptions = {
  lazyConnect: true,
  connectTimeout: 5_000,
  commandTimeout: 5_000,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  disableClientInfo: true,
  connectionName: 'parley-check',
};

/**
 * Sends a message through Redis as servers do. Returns a description of the server, or throws an error that says what
 * to do.
 */
export async function checkRedis({ url, prefix }: { url: string; prefix: string }): Promise<string> {
  const address = readRedisAddress(url);
  if (typeof address === 'string') throw new Error(`REDIS_URL ${address}.`);
  const publisher = new Redis({ ...options, ...address });
  const subscriber = new Redis({ ...options, ...address });
  const { host } = new URL(url);
  let reason: Error | undefined;
  for (const connection of [publisher, subscriber]) connection.on('error', (error: Error) => (reason ??= error));
  try {
    const channel = `${prefix}:check`;
    await Promise.all([publisher.connect(), subscriber.connect()]);
    await subscriber.subscribe(channel);
    const arrived = once(subscriber, 'message', { signal: AbortSignal.timeout(5_000) });
    await Promise.all([arrived, publisher.publish(channel, 'check')]);
    const version = /redis_version:(\S+)/.exec(await publisher.info('server').catch(() => ''))?.[1];
    return `${version ? `Redis ${version}` : 'Redis'} at ${host}: messages come through`;
  } catch (error) {
    const { message } = reason ?? (error as Error);
    throw new Error(`Redis at ${host} cannot be used (${message}): start it, or correct REDIS_URL.`, { cause: error });
  } finally {
    publisher.disconnect();
    subscriber.disconnect();
  }
}
