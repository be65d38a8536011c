import { RedisPubSub } from 'graphql-redis-subscriptions';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { countedWarning } from './counted-warning.ts';
import type { PubSub } from './pubsub.ts';

export interface RedisPubSubOptions {
  /** `redis://`, or `rediss://` for TLS; with user and password as ioredis reads them. */
  url: string;
  /** What the name of every channel begins with, so that two deployments on one Redis do not hear each other. */
  prefix: string;
  logger: Logger;
  /** Milliseconds without an answer after which a connection is dead. It is noticed after 1.5 times as long at most. */
  timeout?: number;
}

interface Subscription {
  channel: string;
  listener: (payload: string) => void;
  /** The engine's number for it. Never resolves if Redis did not confirm it on the present connection. */
  id?: Promise<number>;
  confirmed: boolean;
  /** Lets `subscribe` return if there is nothing left to wait for. */
  settle: () => void;
}

/** How long a subscriber waits for Redis before it starts without. */
const PATIENCE = 500;

/** The driver for many servers. Redis may die, freeze or never have been there: then delivery is left to the log. */
export function createRedisPubSub({ url, prefix, logger, timeout = 2000 }: RedisPubSubOptions): PubSub {
  const subscriptions = new Set<Subscription>();
  const waiting = new Set<Subscription>();
  const returnListeners = new Set<() => void>();
  const publishFailed = countedWarning(logger, 'Publishing to Redis failed');
  const subscribeFailed = countedWarning(logger, 'Redis refused a subscription');
  let failedPublishes = 0;
  let closed = false;

  const publisher = new Redis(url, connectionOptions(timeout));
  const subscriber = new SubscriberConnection(url, connectionOptions(timeout));
  subscriber.onRefused = subscribeFailed.add;

  // --- What is known of the two connections -------------------------------------------------------------------------

  const known = { publisher: 'nothing', subscriber: 'nothing' } as Record<Role, 'nothing' | 'here' | 'away'>;
  let owesReturn = false; // someone was told to go on without Redis
  let lastError: Error | undefined;
  const isConnected = () => known.publisher === 'here' && known.subscriber === 'here';
  const isAway = () => known.publisher === 'away' || known.subscriber === 'away';

  function learn(role: Role, now: 'here' | 'away') {
    if (closed || known[role] === now) return;
    if (now === 'away' && !isAway()) logger.warn({ err: lastError }, 'Redis is away: delivery follows the log');
    known[role] = now;
    owesReturn ||= now === 'away';
    for (const subscription of waiting) subscription.settle();
    if (!isConnected() || !owesReturn) return;
    owesReturn = false;
    lastError = undefined;
    logger.info('Redis is back');
    for (const listener of returnListeners) listener();
  }

  // A connection whose peer has vanished without a FIN stays open for minutes unless it is asked. Not `socketTimeout`:
  // its timer outlives the connection and kills the next one, https://github.com/redis/ioredis/issues/2147
  function watch(role: Role, redis: Redis) {
    const ask = () => {
      if (redis.status !== 'ready') return;
      const { stream } = redis;
      const heard = stream.bytesRead;
      const giveUp = (error: Error) => {
        if (redis.status !== 'ready' || redis.stream !== stream || stream.bytesRead > heard) return;
        lastError = error;
        redis.disconnect(true);
      };
      redis.ping().then(
        () => learn(role, 'here'),
        // After the sockets were read: it may be this process that was held up, with the answer already here.
        (error: Error) => setImmediate(giveUp, error),
      );
    };
    redis.on('error', (error: Error) => (lastError = error));
    redis.on('close', () => learn(role, 'away'));
    redis.on('ready', ask);
    return setInterval(ask, timeout / 2);
  }

  // --- Subscriptions ------------------------------------------------------------------------------------------------

  let engine = createEngine();

  // The engine's books describe one connection, so each connection gets a new engine, and ioredis resends nothing: its
  // own resubscription miscounts the replies when it is cut short, and forgets what waits when Redis refuses a login.
  function createEngine() {
    subscriber.removeAllListeners('messageBuffer').removeAllListeners('pmessage');
    return new RedisPubSub({ publisher, subscriber, serializer: String, messageEventName: 'messageBuffer' });
  }

  function attach(subscription: Subscription) {
    subscription.confirmed = false;
    subscription.id = engine.subscribe(prefix + subscription.channel, (payload: Buffer) => {
      if (subscriptions.has(subscription)) subscription.listener(payload.toString());
    });
    void subscription.id.then(() => {
      subscription.confirmed = true;
      subscription.settle();
    });
  }

  // Registered before `watch`: its question goes out behind the SUBSCRIBEs, so the answer tells that they are done.
  subscriber.on('ready', () => {
    engine = createEngine();
    for (const subscription of subscriptions) attach(subscription);
  });

  const timers = [watch('publisher', publisher), watch('subscriber', subscriber)];

  return {
    publish(channel, payload) {
      engine.publish(prefix + channel, payload).catch((error: Error) => {
        failedPublishes += 1;
        publishFailed.add(error);
      });
    },

    async subscribe(channel, listener) {
      const subscription: Subscription = { channel, listener, confirmed: false, settle: () => {} };
      subscriptions.add(subscription);
      if (subscriber.status === 'ready') attach(subscription);
      await new Promise<void>((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          waiting.delete(subscription);
          resolve();
        };
        const timer = setTimeout(() => {
          owesReturn = true;
          finish();
        }, PATIENCE);
        waiting.add(subscription);
        subscription.settle = () => {
          if (isAway() || (subscription.confirmed && known.publisher === 'here')) finish();
        };
        subscription.settle();
      });
      return () => {
        if (subscriptions.delete(subscription)) void subscription.id?.then((id) => engine.unsubscribe(id));
      };
    },

    onReturn(listener) {
      returnListeners.add(listener);
      return () => void returnListeners.delete(listener);
    },

    health: () => ({ connected: isConnected(), failedPublishes }),

    async close() {
      known.publisher = known.subscriber = 'away';
      closed = true;
      timers.forEach(clearInterval);
      subscriptions.clear();
      for (const subscription of waiting) subscription.settle();
      subscriber.disconnect();
      await publisher.quit().catch(() => publisher.disconnect()); // what was published before still goes out
      publishFailed.flush();
      subscribeFailed.flush();
    },
  };
}

type Role = 'publisher' | 'subscriber';

/** Whatever cannot be done at once fails at once: the log is there for it. */
function connectionOptions(timeout: number): RedisOptions {
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
    // With jitter, or all servers would return to Redis in the same instant.
    retryStrategy: (attempt) => Math.min(1000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2),
  };
}

/**
 * The engine leaves the rejection of a (un)subscribe unhandled, which ends the process:
 * https://github.com/davidyaha/graphql-redis-subscriptions/issues/593. Here it is told, and the promise left pending.
 */
class SubscriberConnection extends Redis {
  onRefused: (error: Error) => void = () => {};

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args;
    if (command.name.endsWith('subscribe')) {
      command.setTimeout = () => {}; // the ping behind it has one
      command.reject = (error) => {
        if (this.status === 'ready') this.onRefused(error);
      };
    }
    return super.sendCommand(...args);
  }
}
