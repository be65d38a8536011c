/**
 * The subscribers whose operation and variables are equal. An item is executed without a viewer and serialised once for
 * all of them. If its type shows a viewer-dependent field, it is executed once for each viewer instead.
 */
import type { Broadcast, Recipient } from '../delivery/delivery-listener.ts';
import type { StreamItem } from '../log/event-types.ts';
import type { Accepts } from '../log/subscriptions.ts';
import type { Identity } from '../viewer.ts';
import { required } from '../required.ts';
import type { LiveQuery, Rendering, Request } from './live-query.ts';
import type { SharedResult } from './shared-result.ts';

const nobody: Identity = { is: 'nobody' };
/** Maximum number of renderings in one batch. */
const BATCH = 200;

type Recipients = Iterable<Recipient<SharedResult>>;

interface Batch {
  requests: Request[];
  renderings: Promise<Rendering[]>;
}

export interface CohortOptions {
  query: LiveQuery;
  accepts: Accepts;
  /** The types of items that show a field which the schema marks as viewer-dependent. */
  perViewer: ReadonlySet<string>;
  /** Called when an item was executed for each viewer. */
  onPerViewer: () => void;
  /** Called when a field that the schema does not mark as viewer-dependent asked for the viewer. */
  onViewerAsked: () => void;
  /**
   * Called when an item could not be executed. Reads are retried while the database is away, until the server stops.
   */
  onFailed: (error: unknown) => void;
}

export class Cohort implements Broadcast<SharedResult> {
  readonly accepts: Accepts;
  readonly operation: string;
  readonly #query: LiveQuery;
  readonly #options: CohortOptions;
  readonly #perViewer: Set<string>;
  #batch: Batch | undefined;
  /**
   * The newest pending delivery of each chat. The next one waits for it, so that items of one chat keep their order.
   */
  readonly #tails = new Map<string, Promise<void>>();

  constructor(options: CohortOptions) {
    this.accepts = options.accepts;
    this.operation = options.query.name;
    this.#query = options.query;
    this.#options = options;
    this.#perViewer = new Set(options.perViewer);
  }

  send(item: StreamItem, recipients: Recipients): Promise<void> {
    // Items are executed at once and written in turn, so that the items of one tick are written together.
    const write = this.#perViewer.has(item.type) ? this.#forEach(item, recipients) : this.#forAll(item, recipients);
    const before = this.#tails.get(item.chatId) ?? Promise.resolve();
    const tail = Promise.all([write, before])
      .then(([ready]) => ready())
      .catch(this.#options.onFailed)
      .finally(() => {
        if (this.#tails.get(item.chatId) === tail) this.#tails.delete(item.chatId);
      });
    this.#tails.set(item.chatId, tail);
    return tail;
  }

  /** Executes the item once. Resolves with a function that writes it. */
  async #forAll(item: StreamItem, recipients: Recipients): Promise<() => Promise<void> | void> {
    const { result, viewerAsked } = await this.#render(item, nobody);
    if (viewerAsked) {
      // The result may depend on the viewer, so it is not sent. The item is executed for each viewer instead.
      if (!this.#perViewer.has(item.type)) {
        this.#perViewer.add(item.type);
        this.#options.onViewerAsked();
      }
      return async () => (await this.#forEach(item, recipients))();
    }
    return () => {
      if (!result) return;
      // Recipients may have ended during the execution, so each is asked now whether it accepts the item.
      for (const recipient of recipients) {
        if (recipient.acceptsLive(item)) recipient.listener.subscriber.write(result);
      }
    };
  }

  /** Executes the item once for each viewer, who may have several devices. Resolves with a function that writes it. */
  async #forEach(item: StreamItem, recipients: Recipients): Promise<() => void> {
    this.#options.onPerViewer();
    const renderings = new Map<string, Promise<Rendering>>();
    const own = [...recipients].map(async (recipient) => {
      const { userId } = recipient;
      const rendering = renderings.get(userId) ?? this.#render(item, { is: 'user', userId });
      renderings.set(userId, rendering);
      return { recipient, result: (await rendering).result };
    });
    const results = await Promise.all(own);
    return () => {
      for (const { recipient, result } of results) {
        if (result && recipient.acceptsLive(item)) recipient.listener.subscriber.write(result);
      }
    };
  }

  async render(items: readonly StreamItem[], userId: string): Promise<(SharedResult | null)[]> {
    const renderings = await Promise.all(items.map((item) => this.#render(item, { is: 'user', userId })));
    return renderings.map(({ result }) => result);
  }

  /** Executes the requests of one tick as one batch, so that they share their reads. */
  async #render(item: StreamItem, identity: Identity): Promise<Rendering> {
    // `CaughtUp` and `ChatGone` read nothing, so they do not wait for the reads of a batch.
    if (!item.event && item.about === null) return required((await this.#query.render([{ item, identity }]))[0]);
    const batch = (this.#batch ??= this.#openBatch());
    const index = batch.requests.push({ item, identity }) - 1;
    if (batch.requests.length === BATCH) this.#batch = undefined;
    return required((await batch.renderings)[index]);
  }

  #openBatch(): Batch {
    const requests: Request[] = [];
    const renderings = Promise.resolve().then(() => {
      if (this.#batch === batch) this.#batch = undefined;
      return this.#query.render(requests);
    });
    const batch = { requests, renderings };
    return batch;
  }
}
