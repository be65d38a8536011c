/** What the subscription fields of events return: the chats that the operation follows, and where each begins. */
import type { Accepts } from '../log/subscriptions.ts';
import type { Broadcast, Subscriber } from './delivery-listener.ts';
import type { Start } from './chat-subscription.ts';
import { EventStream, type StreamOptions } from './event-stream.ts';
import { LivePlan } from './live-plan.ts';

interface Plan extends Omit<StreamOptions<unknown>, 'broadcast' | 'subscriber'> {
  starts: readonly Start[];
  /** Ids that the client named as chats and that are not valid ids of chats. */
  unknownIds: readonly string[];
}

export class StreamPlan extends LivePlan {
  readonly #plan: Plan;

  constructor(accepts: Accepts, plan: Plan) {
    super(accepts);
    this.#plan = plan;
  }

  start<Rendered>(broadcast: Broadcast<Rendered>, subscriber: Subscriber<Rendered>): EventStream<Rendered> {
    const { starts, unknownIds, ...options } = this.#plan;
    const stream = new EventStream({ ...options, broadcast, subscriber });
    stream.start(starts, unknownIds);
    return stream;
  }
}
