/** What the resolver of a subscription field returns after its checks. `Fanout.subscribe` starts the stream from it. */
import type { StreamItem } from '../log/event-types.ts';
import type { Accepts } from '../log/subscriptions.ts';
import type { Broadcast, Subscriber } from './delivery-listener.ts';

/** An operation that has been started. */
interface Running {
  close(): void;
}

export abstract class LivePlan implements AsyncIterable<StreamItem> {
  /** Tells whether the subscription field carries an item. */
  readonly accepts: Accepts;

  constructor(accepts: Accepts) {
    this.accepts = accepts;
  }

  abstract start<Rendered>(broadcast: Broadcast<Rendered>, subscriber: Subscriber<Rendered>): Running;

  [Symbol.asyncIterator](): AsyncIterator<StreamItem> {
    // graphql-js requires the source of a subscription to be iterable. Parley's transports start the stream instead, so
    // that many operations share one execution.
    throw new Error('A stream cannot be iterated. Start it with `Fanout.subscribe`.');
  }
}
