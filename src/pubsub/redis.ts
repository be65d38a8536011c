import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { countedLine } from '../counted-line.ts';
import type { PubSub } from './pubsub.ts';
import { readRedisAddress } from './redis-address.ts';
import { askByHello, connectionOptions } from './redis-connection.ts';
import { SubscriberConnection } from './redis-subscriber.ts';
import { RedisSubscriptions } from './redis-subscriptions.ts';
import { RedisWatchdog } from './redis-watchdog.ts';

export interface RedisPubSubOptions {
  /** An address with `redis://`, or `rediss://` for TLS. It may contain user and password. */
  url: string;
  /** The prefix of all channel names. It keeps two deployments on one Redis apart. */
  prefix: string;
  logger: Logger;
  /**
   * Milliseconds without an answer after which a connection counts as lost. This is noticed after at most 1.5 times
   * that.
   */
  timeout?: number;
}

/** The driver for many servers. While Redis is away, whatever the reason, delivery follows the log. */
export function createRedisPubSub({ url, prefix, logger, timeout = 2000 }: RedisPubSubOptions): PubSub {
  const address = readRedisAddress(url);
  if (typeof address === 'string') throw new Error(`The address of Redis ${address}.`);
  const publisher = new Redis({ ...connectionOptions(timeout), ...address });
  const subscriber = new SubscriberConnection({ ...connectionOptions(timeout), ...address });
  const warnOnce = once((version: string) =>
    logger.warn({ version }, 'This version of Redis was not tested with Parley: 6.2 to 8 were'),
  );
  for (const redis of [publisher, subscriber]) askByHello(redis, warnOnce);

  const reconnectListeners = new Set<() => void>();
  const notifyReconnected = () => reconnectListeners.forEach((listener) => listener());
  const watchdog = new RedisWatchdog({
    publisher,
    subscriber,
    timeout,
    logger,
    onChange: () => subscriptions.settle(),
    onReconnected: notifyReconnected,
  });
  const subscriptions = new RedisSubscriptions({ publisher, subscriber, watchdog });
  watchdog.start();

  const subscribeFailed = countedLine(logger, 'warn', 'Redis refused a subscription');
  subscriber.onRefused = (error) => {
    subscribeFailed.add(error);
    subscriptions.settle();
  };
  subscriber.onAccepted = () => {
    // Payloads that were published while a channel was refused are lost.
    if (subscriber.refused.size === 0) notifyReconnected();
  };

  const publishFailed = countedLine(logger, 'warn', 'Publishing to Redis failed');
  let failedPublishes = 0;
  let publishRefused = false; // Whether Redis refused the newest publish.

  return {
    publish(channel, payload) {
      subscriptions.publish(prefix + channel, payload).then(
        () => (publishRefused = false),
        (error: Error) => {
          failedPublishes += 1;
          publishRefused = error.name === 'ReplyError';
          publishFailed.add(error);
        },
      );
    },

    subscribe: (channel, listener) => subscriptions.subscribe(prefix + channel, listener),

    onReconnected(listener) {
      reconnectListeners.add(listener);
      return () => void reconnectListeners.delete(listener);
    },

    health: () => ({
      connected: watchdog.isConnected && !publishRefused && subscriber.refused.size === 0,
      failedPublishes,
      refusedSubscriptions: subscriber.refused.size,
    }),

    async close() {
      watchdog.close();
      subscriptions.close();
      subscriber.disconnect();
      await publisher.quit().catch(() => publisher.disconnect()); // QUIT lets earlier payloads be sent first.
      publishFailed.flush();
      subscribeFailed.flush();
    },
  };
}

function once<T>(work: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (!done) work(value);
    done = true;
  };
}
