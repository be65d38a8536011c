import type { StreamItem } from './catalogue.ts';
import type { Subscriber } from './seat.ts';
import type { Stream } from './stream.ts';

/** Items that may wait for a consumer before the iterator fails: its client comes back with `since`. */
const LIMIT = 10_000;

/**
 * A stream as the source of an ordinary GraphQL subscription, so that any GraphQL server can run the schema. Parley's
 * own transports connect groups instead.
 */
export function iterate(stream: Stream): AsyncIterator<StreamItem> {
  const items: StreamItem[] = [];
  let over = false;
  let wake = () => {};

  const write = (item: StreamItem) => {
    items.push(item);
    wake();
  };
  const end = () => {
    over = true;
    stream.close();
    wake();
  };
  const subscriber: Subscriber<StreamItem> = {
    outlet: {
      carries: stream.carries,
      async deliver(item, seats) {
        for (const seat of seats) if (seat.admits(item)) write(item);
      },
    },
    render: async (shown) => [...shown],
    write,
    drained: async () => {
      while (items.length > 0 && !over) await new Promise<void>((resolve) => (wake = resolve));
    },
    end,
  };
  stream.connect(subscriber);

  return {
    async next() {
      while (items.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve));
      if (items.length > LIMIT) throw new Error('The subscriber does not keep up.');
      const value = items.shift();
      wake();
      return value ? { done: false, value } : { done: true, value: undefined };
    },
    async return() {
      end();
      return { done: true, value: undefined };
    },
  };
}
