/**
 * The fast path of delivery. It may lose, double and reorder what is published: the log in PostgreSQL makes up for it.
 * Two drivers: `memory.ts` (one process) and `redis.ts` (many). Both pass `test/events/pubsub.test.ts`.
 */
export interface PubSub {
  /**
   * Hands a payload to whoever subscribes to the channel, on every server. Never throws, never rejects, never waits:
   * a failure is counted and logged. Payloads of one publisher on one channel arrive in order.
   */
  publish(channel: string, payload: string): void;

  /**
   * Resolves once a payload published from now on will arrive, or once the carrier is known to be away: after 500 ms
   * at most, and it never rejects. What is subscribed while the carrier is away is live when it returns. The listener is
   * called in the order of arrival, never from within `publish`, and must not throw.
   */
  subscribe(channel: string, listener: (payload: string) => void): Promise<Unsubscribe>;

  /** Calls the listener whenever the carrier has come back and every channel is subscribed again. Memory: never. */
  onReturn(listener: () => void): Unsubscribe;

  /** Whether the carrier can be reached now, and how many publishes failed since the start. */
  health(): { connected: boolean; failedPublishes: number };

  close(): Promise<void>;
}

export type Unsubscribe = () => void;
