import { Redis } from 'ioredis';

/** Milliseconds until a refused subscription is repeated: after the first refusal, and at most. */
const AGAIN = { first: 500, most: 30_000 };

/**
 * graphql-redis-subscriptions does not handle a rejected SUBSCRIBE or UNSUBSCRIBE, which would end the process:
 * https://github.com/davidyaha/graphql-redis-subscriptions/issues/593. This connection reports the refusal instead, and
 * leaves the command pending while it repeats it.
 */
export class SubscriberConnection extends Redis {
  onRefused: (error: Error) => void = () => {};
  onAccepted: () => void = () => {};
  /** The channels that Redis refuses on this connection, with the number of refusals. */
  readonly refused = new Map<string, number>();

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args;
    if (command.name.endsWith('subscribe')) {
      command.setTimeout = () => {}; // The PING of the watchdog, which is sent after it, has a time limit.
      command.reject = (error) => {
        if (this.status !== 'ready') return;
        if (command.name === 'subscribe') this.#askAgain(String(command.args[0]), command.resolve);
        this.onRefused(error);
      };
    }
    return super.sendCommand(...args);
  }

  #askAgain(channel: string, accepted: (count: unknown) => void): void {
    const times = this.refused.get(channel) ?? 0;
    this.refused.set(channel, times + 1);
    const { stream } = this;
    const delay = Math.min(AGAIN.most, AGAIN.first * 2 ** times) * (0.5 + Math.random() / 2);
    setTimeout(() => {
      // After a reconnect every channel has been subscribed again anyway.
      if (this.status !== 'ready' || this.stream !== stream) return;
      void this.subscribe(channel).then((count) => {
        accepted(count);
        if (this.refused.delete(channel)) this.onAccepted();
      });
    }, delay).unref();
  }
}
