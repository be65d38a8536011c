import type { LogEvent, StreamItem } from './catalogue.ts';
import type { ChatFeed } from './feed.ts';

/**
 * Where live items go. Many seats may share an outlet: it is given an item once, and passes it to each seat that
 * still admits it when its bytes are written.
 */
export interface Outlet {
  carries(item: StreamItem): boolean;
  /** Resolves when the item has been written, or dropped. Never rejects. Items of one chat keep their order. */
  deliver(item: StreamItem, seats: Iterable<Seat>): Promise<void>;
}

/** One operation of one viewer, as the stream that feeds it sees it. */
export interface Subscriber<Rendered = unknown> {
  readonly outlet: Outlet;
  /** Items for this subscriber alone, ready to write; null where the rows of an item are gone: it is not delivered. */
  render(items: readonly StreamItem[]): Promise<(Rendered | null)[]>;
  write(rendered: Rendered): void;
  /** Resolves when its connection can take more. */
  drained(): Promise<void>;
  /** The stream is over. */
  end(): void;
}

/** Whose seat it is: told what becomes of it. */
export interface SeatOwner {
  /** The event that ended it has been written. */
  ended(seat: Seat): void;
  /** The feed and the log do not fit any more: the seat is to be taken anew, in the chat's new feed. */
  reset(seat: Seat): void;
}

/** Where a seat begins. */
export interface Beginning {
  cursor: number;
  verified: boolean;
  introduced: boolean;
}

/** A subscriber's place in one chat: which of the chat's events it may still get. */
export class Seat {
  readonly feed: ChatFeed;
  readonly userId: string;
  readonly subscriber: Subscriber;
  readonly owner: SeatOwner;
  /** The position it has seen, up to when it went live: it gets what follows. */
  cursor: number;
  /** Whether the user's membership, and what the log holds of it after the cursor, have been read. */
  verified: boolean;
  /** Whether the subscriber knows the chat: else it begins with the event of the joining, or with `ChatAdded`. */
  introduced: boolean;
  /** Whether it gets what its feed delivers. */
  live = false;
  /** The event that ended it: once that is known, nothing of the chat is written but this event. */
  ending: LogEvent | null = null;
  /** Whether something has ended that may concern it since it began to read: what it reads may be older, and is read again. */
  outdated = false;
  #abandoned = false;

  constructor(
    feed: ChatFeed,
    userId: string,
    subscriber: Subscriber,
    owner: SeatOwner,
    { cursor, verified, introduced }: Beginning,
  ) {
    this.feed = feed;
    this.userId = userId;
    this.subscriber = subscriber;
    this.owner = owner;
    this.cursor = cursor;
    this.verified = verified;
    this.introduced = introduced;
    feed.take(this);
  }

  /** Whether it lacks something that its feed has delivered. */
  get behind(): boolean {
    return !this.#abandoned && !this.ending && (!this.verified || this.cursor < this.feed.position);
  }

  /** Asked when bytes of a live item are about to be written: never for what it has seen. */
  admits(item: StreamItem): boolean {
    return this.allows(item) && (this.ending !== null || item.position > this.cursor);
  }

  /** Asked when bytes are about to be written: never for what the ending has overtaken. */
  allows(item: StreamItem): boolean {
    return !this.#abandoned && (!this.ending || item.event?.position === this.ending.position);
  }

  /** It has been written what the log says up to there. */
  advance(position: number): void {
    this.cursor = position;
    this.verified = true;
    this.introduced = true;
  }

  end(ending: LogEvent): void {
    this.ending = ending;
    this.feed.leave(this);
  }

  /** The subscriber has gone, or begins anew in another seat: nothing more is written from this one. */
  abandon(): void {
    this.#abandoned = true;
    this.feed.leave(this);
  }
}
