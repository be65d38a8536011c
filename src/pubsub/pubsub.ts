/**
 * The fast path of delivery. It may lose, double and reorder payloads: the log in PostgreSQL makes up for it. There are
 * two drivers: `memory.ts` (one process) and `redis.ts` (many). Both pass `test/pubsub/pubsub.test.ts`.
 */
export interface PubSub {
  /**
   * Sends a payload to every subscriber of the channel, on every server. It never throws and never waits: a failure is
   * counted and logged. Payloads of one publisher on one channel arrive in order.
   */
  publish(channel: string, payload: string): void;

  /**
   * Resolves when payloads published from now on will arrive, or when the broker is known to be away, and after 500 ms
   * at most. It never rejects. A channel that is subscribed while the broker is away works when the broker is back. The
   * listener is called in the order of arrival, never from within `publish`, and must not throw.
   */
  subscribe(channel: string, listener: (payload: string) => void): Promise<Unsubscribe>;

  /**
   * Calls the listener whenever the broker is back and every channel is subscribed again: payloads may have been lost
   * before. The memory driver never calls it.
   */
  onReconnected(listener: () => void): Unsubscribe;

  /**
   * Whether the broker accepts payloads now, how many publishes have failed since the start, and how many channels the
   * broker refuses at present.
   */
  health(): { connected: boolean; failedPublishes: number; refusedSubscriptions: number };

  close(): Promise<void>;
}

export type Unsubscribe = () => void;
