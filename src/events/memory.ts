import { EventEmitter } from 'node:events';
import { PubSub as Engine } from 'graphql-subscriptions';
import type { PubSub, Unsubscribe } from './pubsub.ts';

/** The embedded driver: one process, no network, always there. */
export function createMemoryPubSub(): PubSub {
  // Any number of listeners on one channel is normal here, not the leak that Node warns of beyond ten.
  const engine = new Engine<Record<string, string>>({ eventEmitter: new EventEmitter().setMaxListeners(0) });
  const subscriptions = new Set<Unsubscribe>();

  return {
    publish(channel, payload) {
      // After the caller, as with Redis: a listener that publishes would otherwise turn the order around for the
      // listeners behind it, and one that throws would fail the mutation that published.
      queueMicrotask(() => void engine.publish(channel, payload));
    },

    async subscribe(channel, listener) {
      let active = true; // the emitter still calls a listener that an earlier one has just removed
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

    onReturn: () => () => {},

    health: () => ({ connected: true, failedPublishes: 0 }),

    async close() {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
}
