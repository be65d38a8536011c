import type { Redis, RedisOptions } from 'ioredis';

/** Options under which a command fails at once while Redis is away. Delivery then follows the log. */
export function connectionOptions(timeout: number): RedisOptions {
  return {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: timeout,
    connectTimeout: timeout,
    disconnectTimeout: 100,
    disableClientInfo: true,
    connectionName: 'parley',
    // The jitter keeps servers from reconnecting to Redis all at once.
    retryStrategy: (attempt) => Math.min(1000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2),
  };
}

/**
 * Replaces the ready check of ioredis, which sends INFO and prints a warning if that is forbidden. HELLO also shows
 * that Redis is ready, and answers its version. It needs Redis 6.2 and the right to it; if Redis refuses it for these
 * reasons, the connection counts as ready.
 */
export function askByHello(redis: Redis, onUntested: (version: string) => void): void {
  const ask = async (callback: (error: Error | null, info?: object) => void) => {
    try {
      const reply = (await redis.call('HELLO')) as unknown[];
      const version = String(reply[reply.indexOf('version') + 1]);
      const [major = 0, minor = 0] = version.split('.').map(Number);
      if (reply[1] === 'redis' && (major > 8 || major < 6 || (major === 6 && minor < 2))) onUntested(version);
      callback(null, {});
    } catch (error) {
      const { message } = error as Error;
      const isOld = /^ERR (unknown command|wrong number)/i.test(message);
      if (isOld) onUntested('before 6.2');
      callback(isOld || message.startsWith('NOPERM') ? null : (error as Error), {});
    }
  };
  redis.info = ask as unknown as Redis['info'];
}
