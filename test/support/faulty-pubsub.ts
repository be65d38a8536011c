import type { PubSub, Unsubscribe } from '../../src/pubsub/pubsub.ts';

/** How a broker treats each payload on its way to each subscriber: milliseconds of delay for each copy; none loses it. */
export type Fate = (channel: string, payload: string) => readonly number[];

/** A broker between servers of one process that can be told to fail: what Redis and the network may do at their worst. */
export class FaultyBroker {
  fate: Fate;
  readonly #listeners = new Map<string, Set<(payload: string) => void>>();
  readonly #returns = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #up = true;

  constructor(fate: Fate = () => [0]) {
    this.fate = fate;
  }

  /** Away: what is published is lost, what is subscribed is live when the broker returns. */
  stop(): void {
    this.#up = false;
  }

  start(): void {
    if (this.#up) return;
    this.#up = true;
    for (const listener of this.#returns) listener();
  }

  /** The channels that somebody subscribes to. */
  channels(): string[] {
    return [...this.#listeners.keys()];
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** The connection of one server. Closing it is as good as killing the server: nothing it does is published. */
  connect(): PubSub {
    const own = new Set<Unsubscribe>();
    let closed = false;
    let failedPublishes = 0;
    const register = (unsubscribe: Unsubscribe): Unsubscribe => {
      own.add(unsubscribe);
      return () => {
        if (own.delete(unsubscribe)) unsubscribe();
      };
    };
    return {
      publish: (channel, payload) => {
        if (closed || !this.#up) failedPublishes += 1;
        else for (const listener of this.#listeners.get(channel) ?? []) this.#carry(channel, payload, listener);
      },
      subscribe: async (channel, listener) => {
        const listen = (payload: string) => listener(payload);
        if (closed) return () => {};
        const listeners = this.#listeners.get(channel) ?? new Set();
        this.#listeners.set(channel, listeners.add(listen));
        return register(() => {
          if (listeners.delete(listen) && listeners.size === 0) this.#listeners.delete(channel);
        });
      },
      onReconnected: (listener) => {
        this.#returns.add(listener);
        return register(() => void this.#returns.delete(listener));
      },
      health: () => ({ connected: this.#up && !closed, failedPublishes, refusedSubscriptions: 0 }),
      close: async () => {
        closed = true;
        for (const unsubscribe of own) unsubscribe();
        own.clear();
      },
    };
  }

  #carry(channel: string, payload: string, listener: (payload: string) => void): void {
    for (const delay of this.fate(channel, payload)) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        // One that has unsubscribed meanwhile hears nothing any more.
        if (this.#up && this.#listeners.get(channel)?.has(listener)) listener(payload);
      }, delay);
      this.#timers.add(timer);
    }
  }
}
