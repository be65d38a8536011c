import type { PubSub, Unsubscribe } from '../../src/pubsub/pubsub.ts';

/**
 * Decides for each payload and each subscriber how many copies arrive, and after how many milliseconds each. None is
 * lost.
 */
export type Fate = (channel: string, payload: string) => readonly number[];

/** A broker between servers of one process that can be told to fail, as Redis and the network may. */
export class FaultyBroker {
  fate: Fate;
  readonly #listeners = new Map<string, Set<(payload: string) => void>>();
  readonly #returns = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #up = true;

  constructor(fate: Fate = () => [0]) {
    this.fate = fate;
  }

  /**
   * Stops the broker. What is published meanwhile is lost. What is subscribed meanwhile is live when the broker
   * returns.
   */
  stop(): void {
    this.#up = false;
  }

  start(): void {
    if (this.#up) return;
    this.#up = true;
    for (const listener of this.#returns) listener();
  }

  /** The channels that have a subscriber. */
  channels(): string[] {
    return [...this.#listeners.keys()];
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /**
   * The connection of one server. After it is closed nothing that the server does is published, as if it were killed.
   */
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
        // A listener that has unsubscribed in the meantime is not called.
        if (this.#up && this.#listeners.get(channel)?.has(listener)) listener(payload);
      }, delay);
      this.#timers.add(timer);
    }
  }
}
