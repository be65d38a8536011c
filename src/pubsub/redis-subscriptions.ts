import { RedisPubSub } from 'graphql-redis-subscriptions';
import type { Redis } from 'ioredis';
import type { Unsubscribe } from './pubsub.ts';
import type { SubscriberConnection } from './redis-subscriber.ts';
import type { RedisWatchdog } from './redis-watchdog.ts';

interface Subscription {
  channel: string;
  listener: (payload: string) => void;
  /** The id that RedisPubSub gave it. It stays pending until Redis confirms the channel on the present connection. */
  id?: Promise<number>;
  confirmed: boolean;
  /** Lets `subscribe` return if it need not wait any longer. */
  settle: () => void;
}

interface Connections {
  publisher: Redis;
  subscriber: SubscriberConnection;
  watchdog: RedisWatchdog;
}

/** Milliseconds that `subscribe` waits for Redis before it returns without a confirmation. */
const PATIENCE = 500;

/** The subscribed channels. They are subscribed again on every new connection. Their names include the prefix. */
export class RedisSubscriptions {
  readonly #connections: Connections;
  readonly #subscriptions = new Set<Subscription>();
  readonly #waiting = new Set<Subscription>();
  #engine: RedisPubSub;

  /**
   * Create it before the watchdog starts. The watchdog's PING is then sent after the SUBSCRIBEs, so that its answer
   * proves that they have been processed.
   */
  constructor(connections: Connections) {
    this.#connections = connections;
    this.#engine = this.#createEngine();
    const { subscriber } = connections;
    subscriber.on('ready', () => {
      subscriber.refused.clear();
      this.#engine = this.#createEngine();
      for (const subscription of this.#subscriptions) this.#attach(subscription);
    });
  }

  publish(channel: string, payload: string): Promise<void> {
    return this.#engine.publish(channel, payload);
  }

  async subscribe(channel: string, listener: (payload: string) => void): Promise<Unsubscribe> {
    const subscription: Subscription = { channel, listener, confirmed: false, settle: () => {} };
    this.#subscriptions.add(subscription);
    if (this.#connections.subscriber.status === 'ready') this.#attach(subscription);
    await this.#confirmation(subscription);
    return () => {
      if (this.#subscriptions.delete(subscription)) void subscription.id?.then((id) => this.#engine.unsubscribe(id));
    };
  }

  /** Checks again which calls of `subscribe` need not wait any longer. */
  settle(): void {
    for (const subscription of this.#waiting) subscription.settle();
  }

  close(): void {
    this.#subscriptions.clear();
    this.settle();
  }

  // RedisPubSub keeps its bookkeeping per connection, so every reconnect gets a fresh instance. The resubscribe of
  // ioredis is off: when it is interrupted it matches replies to the wrong commands, and it forgets what is waiting
  // when Redis refuses a login.
  #createEngine(): RedisPubSub {
    const { publisher, subscriber } = this.#connections;
    subscriber.removeAllListeners('messageBuffer').removeAllListeners('pmessage');
    return new RedisPubSub({ publisher, subscriber, serializer: String, messageEventName: 'messageBuffer' });
  }

  #attach(subscription: Subscription): void {
    subscription.confirmed = false;
    subscription.id = this.#engine.subscribe(subscription.channel, (payload: Buffer) => {
      if (this.#subscriptions.has(subscription)) subscription.listener(payload.toString());
    });
    void subscription.id.then(() => {
      subscription.confirmed = true;
      subscription.settle();
    });
  }

  /** Resolves when Redis has confirmed or refused the channel, when it is known to be away, or after `PATIENCE`. */
  #confirmation(subscription: Subscription): Promise<void> {
    const { subscriber, watchdog } = this.#connections;
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(subscription);
        resolve();
      };
      const timer = setTimeout(() => {
        watchdog.notifyReconnected();
        finish();
      }, PATIENCE);
      this.#waiting.add(subscription);
      subscription.settle = () => {
        const refused = subscriber.refused.has(subscription.channel);
        if (watchdog.isAway || refused || (subscription.confirmed && watchdog.publisherIsHere)) finish();
      };
      subscription.settle();
    });
  }
}
