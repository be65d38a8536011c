import type { Identity } from '../context.ts';
import type { Carries, StreamItem } from '../events/catalogue.ts';
import type { Outlet, Seat } from '../events/seat.ts';
import type { Operation, Rendering } from './operation.ts';
import type { LiveSubscriber } from './subscriber.ts';

const nobody: Identity = { is: 'nobody' };
/** Items that are executed together. */
const BATCH = 200;

interface Batch {
  items: StreamItem[];
  renderings: Promise<Rendering[]>;
}

export interface GroupOptions {
  operation: Operation;
  carries: Carries;
  /** Whether its fields answer every viewer alike, as far as the schema says. */
  shared: boolean;
  /** A field asked for the viewer all the same. */
  onUnsafe: () => void;
  /** An item could not be delivered: the server is stopping. */
  onFailed: (error: unknown) => void;
}

/**
 * Subscribers whose operation and variables are alike: an item is executed and serialised once for all of them. It runs
 * without a viewer; if its fields ask for one, it runs for each viewer apart.
 */
export class Group implements Outlet {
  readonly carries: Carries;
  readonly #operation: Operation;
  readonly #onUnsafe: () => void;
  readonly #onFailed: (error: unknown) => void;
  #shared: boolean;
  #batch: Batch | undefined;
  /** The newest delivery of each chat that is under way: items of one chat follow each other. */
  readonly #tails = new Map<string, Promise<void>>();

  constructor(options: GroupOptions) {
    this.carries = options.carries;
    this.#operation = options.operation;
    this.#shared = options.shared;
    this.#onUnsafe = options.onUnsafe;
    this.#onFailed = options.onFailed;
  }

  deliver(item: StreamItem, seats: Iterable<Seat>): Promise<void> {
    // Executed at once, and written in turn: what one tick brings leaves in one write.
    const shared = this.#shared ? this.#execute(item) : undefined;
    const before = this.#tails.get(item.chatId) ?? Promise.resolve();
    const tail = Promise.all([shared, before])
      .then(([rendering]) => this.#write(item, seats, rendering))
      .catch(this.#onFailed)
      .finally(() => {
        if (this.#tails.get(item.chatId) === tail) this.#tails.delete(item.chatId);
      });
    this.#tails.set(item.chatId, tail);
    return tail;
  }

  /** Items that one tick brings are executed together: what they read is read once. */
  async #execute(item: StreamItem): Promise<Rendering | undefined> {
    const batch = (this.#batch ??= this.#openBatch());
    const index = batch.items.push(item) - 1;
    if (batch.items.length === BATCH) this.#batch = undefined;
    return (await batch.renderings)[index];
  }

  #openBatch(): Batch {
    const items: StreamItem[] = [];
    const renderings = Promise.resolve().then(() => {
      if (this.#batch === batch) this.#batch = undefined;
      return this.#operation.render(items, nobody);
    });
    const batch = { items, renderings };
    return batch;
  }

  async #write(item: StreamItem, seats: Iterable<Seat>, shared: Rendering | undefined): Promise<void> {
    if (shared && !shared.viewerAsked) {
      // Who may still see it is asked now, seat by seat: the seats may have changed meanwhile.
      const { frame } = shared;
      if (frame) for (const seat of seats) if (seat.admits(item)) subscriberOf(seat).write(frame);
      return;
    }
    if (shared && this.#shared) {
      this.#shared = false;
      this.#onUnsafe();
    }
    // A result that holds what is one viewer's alone is never sent: each gets their own.
    await Promise.all(
      [...seats].map(async (seat) => {
        const [frame] = await subscriberOf(seat).render([item]);
        if (frame && seat.admits(item)) subscriberOf(seat).write(frame);
      }),
    );
  }
}

/** A group is the outlet of its own subscribers only. */
const subscriberOf = (seat: Seat): LiveSubscriber => seat.subscriber as LiveSubscriber;
