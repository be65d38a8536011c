import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

type Role = 'publisher' | 'subscriber';

interface WatchdogOptions {
  publisher: Redis;
  subscriber: Redis;
  /** Milliseconds without an answer after which a connection counts as lost. */
  timeout: number;
  logger: Logger;
  /** Called when a connection is found to be up or lost. */
  onChange(): void;
  /** Called when both connections are up again after one was lost, or after `notifyReconnected`. */
  onReconnected(): void;
}

/** Watches whether the two connections to Redis are up. It pings them, since a vanished peer closes nothing. */
export class RedisWatchdog {
  readonly #options: WatchdogOptions;
  readonly #known: Record<Role, 'nothing' | 'here' | 'away'> = { publisher: 'nothing', subscriber: 'nothing' };
  #timers: NodeJS.Timeout[] = [];
  #mustNotifyReconnected = false;
  #lastError: Error | undefined;
  #closed = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#known.publisher === 'here' && this.#known.subscriber === 'here';
  }

  get isAway(): boolean {
    return this.#known.publisher === 'away' || this.#known.subscriber === 'away';
  }

  get publisherIsHere(): boolean {
    return this.#known.publisher === 'here';
  }

  start(): void {
    this.#timers = [this.#watch('publisher'), this.#watch('subscriber')];
  }

  /** Requests a call of `onReconnected` when both connections are up: a subscriber has started without Redis. */
  notifyReconnected(): void {
    this.#mustNotifyReconnected = true;
  }

  close(): void {
    this.#known.publisher = this.#known.subscriber = 'away';
    this.#closed = true;
    this.#timers.forEach(clearInterval);
  }

  // A connection whose peer has vanished without a FIN would stay open for minutes. The option `socketTimeout` cannot
  // be used: its timer outlives the connection and closes the next one, https://github.com/redis/ioredis/issues/2147
  #watch(role: Role): NodeJS.Timeout {
    const redis = this.#options[role];
    const ask = () => {
      if (redis.status !== 'ready') return;
      const { stream } = redis;
      const heard = stream.bytesRead;
      const giveUp = (error: Error) => {
        if (redis.status !== 'ready' || redis.stream !== stream || stream.bytesRead > heard) return;
        this.#lastError = error;
        redis.disconnect(true);
      };
      redis.ping().then(
        () => this.#learn(role, 'here'),
        // Wait until the sockets have been read: if this process was blocked, the answer may have arrived already.
        (error: Error) => setImmediate(giveUp, error),
      );
    };
    redis.on('error', (error: Error) => (this.#lastError = error));
    redis.on('close', () => this.#learn(role, 'away'));
    redis.on('ready', ask);
    return setInterval(ask, this.#options.timeout / 2);
  }

  #learn(role: Role, now: 'here' | 'away'): void {
    if (this.#closed || this.#known[role] === now) return;
    const { logger, onChange, onReconnected } = this.#options;
    if (now === 'away' && !this.isAway) {
      logger.warn({ err: this.#lastError }, 'Redis is away: delivery follows the log');
    }
    this.#known[role] = now;
    this.#mustNotifyReconnected ||= now === 'away';
    onChange();
    if (!this.isConnected || !this.#mustNotifyReconnected) return;
    this.#mustNotifyReconnected = false;
    this.#lastError = undefined;
    logger.info('Redis is back');
    onReconnected();
  }
}
