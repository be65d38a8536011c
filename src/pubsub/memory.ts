import { EventEmitter } from 'node:events';
import { PubSub as Engine } from 'graphql-subscriptions';
import type { PubSub, Unsubscribe } from './pubsub.ts';

/** The driver for a single process. It needs no network and is never away. */
export function createMemoryPubSub(): PubSub {
  // Any number of listeners on one channel is normal here, not the leak that Node warns of beyond ten.
  const engine = new Engine<Record<string, string>>({ eventEmitter: new EventEmitter().setMaxListeners(0) });
  const subscriptions = new Set<Unsubscribe>();

  return {
    publish(channel, payload) {
      // Payloads are delivered after the caller has returned, as with Redis. Otherwise a listener that publishes would
      // reverse the order for later listeners, and one that throws would fail the mutation that published.
      queueMicrotask(() => void engine.publish(channel, payload));
    },

    async subscribe(channel, listener) {
      let active = true; // The emitter still calls a listener that an earlier one has just removed.
      const id = await engine.subscribe(channel, (payload: string) => {
        if (active) listener(payload);
      });
      const unsubscribe = () => {
        if (!subscriptions.delete(unsubscribe)) return;
        active = false;
        engine.unsubscribe(id);
      };
      subscriptions.add(unsubscribe);
      return unsubscribe;
    },

    onReconnected: () => () => {},

    health: () => ({ connected: true, failedPublishes: 0, refusedSubscriptions: 0 }),

    async close() {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
}
