import { groupBy } from '../group-by.ts';
import { catalogue, show, type LogEvent, type Snapshot } from './catalogue.ts';
import type { Published } from './codec.ts';
import type { Outlet, Seat } from './seat.ts';

/** How long an event may wait for those before it before they are read from the log. */
export const REORDER_MS = 25;
const PAGE = 500;

/** What a feed asks of the server around it. */
export interface FeedHost {
  readLog(chatId: string, after: number, limit: number): Promise<LogEvent[]>;
  /** A user whose membership begins: their streams over all chats take a seat. */
  joined(userId: string, chatId: string, position: number): void;
  /** The log and the feed do not fit: the database was restored, or retention overtook the feed. */
  reset(feed: ChatFeed): void;
  failed(error: unknown): void;
  /** Nobody sits here any more. */
  abandoned(feed: ChatFeed): void;
}

/**
 * One chat on one server: takes what is published, in whatever order and number, and delivers each event once, in the
 * order of the log, to the seats. What is missing it reads from the log.
 */
export class ChatFeed {
  readonly chatId: string;
  /** The position of the newest event delivered; -1 until the feed has begun. */
  position = -1;
  /** Resolves when it has begun. Never rejects: without the database it waits. */
  ready: Promise<void> = Promise.resolve();
  readonly #host: FeedHost;
  /** How far the log is known to reach. */
  #expected = 0;
  readonly #early = new Map<number, Published>();
  /** Seats that get live events, by outlet. */
  readonly #live = new Map<Outlet, Set<Seat>>();
  /** All seats, replaying ones too: each learns of its ending at once. */
  readonly #byUser = new Map<string, Set<Seat>>();
  /** Set while a gap waits for what is under way, and while it is read. */
  #gapTimer: NodeJS.Timeout | undefined;

  constructor(chatId: string, host: FeedHost) {
    this.chatId = chatId;
    this.#host = host;
  }

  /** The position from which events are delivered on; what came early follows. */
  begin(position: number): void {
    this.position = position;
    this.#advance();
  }

  receive(published: Published): void {
    if (published.event.position <= this.position) return;
    this.#early.set(published.event.position, published);
    if (this.position >= 0) this.#advance();
  }

  /** The database is known to be this far. What has not arrived in time is read from the log. */
  expect(position: number): void {
    if (position <= this.position) return;
    this.#expected = Math.max(this.#expected, position);
    this.#gapTimer ??= setTimeout(() => void this.#fill(), REORDER_MS);
  }

  take(seat: Seat): void {
    const seats = this.#byUser.get(seat.userId);
    if (seats) seats.add(seat);
    else this.#byUser.set(seat.userId, new Set([seat]));
  }

  /** From now on the seat gets live events: those after its cursor. Its cursor has met the feed's position. */
  join(seat: Seat): void {
    seat.live = true;
    const { outlet } = seat.subscriber;
    const seats = this.#live.get(outlet);
    if (seats) seats.add(seat);
    else this.#live.set(outlet, new Set([seat]));
  }

  leave(seat: Seat): void {
    drop(this.#live, seat.subscriber.outlet, seat);
    drop(this.#byUser, seat.userId, seat);
    if (this.#byUser.size === 0) this.#host.abandoned(this);
  }

  *seats(): Iterable<Seat> {
    for (const seats of this.#byUser.values()) yield* seats;
  }

  close(): void {
    clearTimeout(this.#gapTimer);
    this.#early.clear();
  }

  #advance(): void {
    for (let next; (next = this.#early.get(this.position + 1));) {
      this.#early.delete(next.event.position);
      this.#deliver(next.event, next.snapshot);
    }
    for (const position of this.#early.keys()) {
      if (position <= this.position) this.#early.delete(position);
      else this.expect(position);
    }
  }

  async #fill(): Promise<void> {
    try {
      // What was under way may have arrived.
      while (this.position < this.#expected) {
        const page = await this.#host.readLog(this.chatId, this.position, PAGE);
        // What the log has let go of cannot be delivered any more.
        if (page.length === 0 && this.position < this.#expected) return this.#host.reset(this);
        for (const event of page) {
          // What was published while the page was read may have been delivered already.
          if (event.position <= this.position) continue;
          if (event.position > this.position + 1) return this.#host.reset(this);
          this.#deliver(event);
        }
      }
    } catch (error) {
      // The next comparison with the database tries again.
      return this.#host.failed(error);
    } finally {
      this.#gapTimer = undefined;
    }
    this.#advance();
  }

  #deliver(event: LogEvent, snapshot?: Snapshot): void {
    this.position = event.position;
    for (const [outlet, seats] of this.#endedBy(event)) {
      const item = show(event, event.userId !== null, snapshot);
      for (const seat of seats) seat.end(event);
      const written = outlet.carries(item) ? outlet.deliver(item, seats) : Promise.resolve();
      for (const seat of seats) void written.then(() => seat.owner.ended(seat));
    }
    const item = show(event, false, snapshot);
    for (const [outlet, seats] of this.#live) if (outlet.carries(item)) void outlet.deliver(item, seats);
    if (event.type === 'MEMBER_ADDED') this.#host.joined(event.userId!, this.chatId, event.position);
  }

  /**
   * The seats that an event ends, live or replaying, by outlet. One that has replayed beyond the event stays. One whose
   * membership has not been read yet may be of somebody who had left before: its reading tells how it ended.
   */
  #endedBy(event: LogEvent): Map<Outlet, Seat[]> {
    const { ends } = catalogue[event.type];
    const concerned = [...((ends === 'everyone' ? this.seats() : ends && this.#byUser.get(event.userId!)) ?? [])];
    for (const seat of concerned) if (!seat.verified) seat.outdated = true;
    const ended = concerned.filter((seat) => seat.verified && seat.cursor < event.position);
    return groupBy(ended, (seat) => seat.subscriber.outlet);
  }
}

function drop<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set?.delete(value) && set.size === 0) sets.delete(key);
}
