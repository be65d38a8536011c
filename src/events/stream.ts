import { show, type Carries, type LogEvent, type StreamItem, type StreamItemType } from './catalogue.ts';
import type { Hub, MembershipListener } from './hub.ts';
import type { Membership, Reading } from './log.ts';
import { Seat, type Beginning, type SeatOwner, type Subscriber } from './seat.ts';
import { iterate } from './stream-iterator.ts';

/** Events of one chat, and chats, in one step of a replay. */
const PAGE = 200;
const CHATS = 50;
/** Beyond every log: a seat taken here begins with the chat as it is. */
const NOWHERE = 2 ** 31 - 1;

/** Where a stream begins in one chat. */
export interface Start extends Beginning {
  chatId: string;
}

/** After the position that was read from the database just now. */
export const startAfter = (chatId: string, cursor: number): Start => ({
  chatId,
  cursor,
  verified: true,
  introduced: true,
});

/** After the position that the client names. */
export const startWhereNamed = (chatId: string, cursor: number): Start => ({
  chatId,
  cursor,
  verified: false,
  introduced: true,
});

/** With `ChatAdded`: the client does not know the chat. */
export const startAnew = (chatId: string): Start => ({ chatId, cursor: NOWHERE, verified: false, introduced: false });

export interface StreamOptions {
  userId: string;
  carries: Carries;
  /** A stream of one chat ends with it; one over all chats takes a seat in every chat that the user joins. */
  over: 'one' | 'all';
  starts: readonly Start[];
  /** What the client named as chats and is none. */
  unknown?: readonly string[];
}

/**
 * One subscription operation: replays what its client lacks, then follows the feeds of its chats. It is opened after
 * the checks of its field, and moves once a subscriber is connected.
 */
export class Stream implements SeatOwner, MembershipListener, AsyncIterable<StreamItem> {
  readonly carries: Carries;
  readonly #hub: Hub;
  readonly #options: StreamOptions;
  #starts: readonly Start[];
  readonly #seats = new Map<string, Seat>();
  /** Where chats ended for the viewer: hints of memberships before that are stale. */
  readonly #left = new Map<string, number>();
  /** When the viewer's memberships were read: of what had ended by then, a late hint may still come. */
  #openedAt: Date | undefined;
  /** Memberships that begin once something else has been written: the start of the stream, or an ending. */
  readonly #joining = new Map<string, number>();
  #subscriber!: Subscriber;
  #live = false;
  #closed = false;

  constructor(hub: Hub, options: StreamOptions) {
    this.carries = options.carries;
    this.#starts = options.starts;
    this.#hub = hub;
    this.#options = options;
  }

  /** A stream over all chats of a user, told of every membership that begins after it has read the present ones. */
  static async overAll(
    hub: Hub,
    { userId, carries, unknown }: Pick<StreamOptions, 'userId' | 'carries' | 'unknown'>,
    starts: (memberships: Membership[]) => Start[],
  ): Promise<Stream> {
    const stream = new Stream(hub, { userId, carries, over: 'all', starts: [], ...(unknown && { unknown }) });
    try {
      const { chats, readAt } = await hub.watch(userId, stream);
      stream.#starts = starts(chats);
      stream.#openedAt = readAt;
    } catch (error) {
      stream.close();
      throw error;
    }
    return stream;
  }

  connect(subscriber: Subscriber): void {
    this.#subscriber = subscriber;
    if (!this.#closed) this.#begin().catch(() => this.#giveUp());
  }

  close(): void {
    this.#closed = true;
    if (this.#options.over === 'all') this.#hub.unwatch(this.#options.userId, this);
    for (const seat of this.#seats.values()) seat.abandon();
    this.#seats.clear();
  }

  joined(chatId: string, position: number): void {
    const seat = this.#seats.get(chatId);
    if (!seat && this.#live) {
      if (position <= (this.#left.get(chatId) ?? 0)) return;
      return this.#enter({ chatId, cursor: position - 1, verified: false, introduced: false });
    }
    // A live seat has been given all that its feed has. One that replays may yet learn of an ending before this joining.
    if (seat?.live && !seat.ending && position <= seat.feed.position) return;
    this.#joining.set(chatId, Math.max(position, this.#joining.get(chatId) ?? 0));
  }

  ended(seat: Seat): void {
    const { chatId } = seat.feed;
    if (this.#seats.get(chatId) !== seat) return;
    this.#seats.delete(chatId);
    this.#left.set(chatId, seat.ending!.position);
    if (this.#options.over === 'one') return this.#subscriber.end();
    this.#admitJoining(chatId);
  }

  reset(seat: Seat): void {
    if (seat.ending) return;
    seat.abandon();
    this.#enter({ ...startAnew(seat.feed.chatId), introduced: seat.introduced });
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamItem> {
    return iterate(this);
  }

  async #begin(): Promise<void> {
    const { unknown = [] } = this.#options;
    const starts = this.#starts;
    this.#starts = [];
    const seats = starts.map((start) => this.#sit(start));
    await Promise.all(seats.map((seat) => seat.feed.ready));
    await this.#send(unknown.map((unknownId) => ({ item: { ...statement('ChatGone', '', 0), unknownId } })));
    await this.#catchUp(seats);
    const [caughtUp] = await this.#subscriber.render([statement('CaughtUp', '', 0)].filter(this.carries));
    await this.#meet(seats, () => {
      if (caughtUp) this.#subscriber.write(caughtUp);
      this.#live = true;
    });
    for (const chatId of [...this.#joining.keys()]) this.#admitJoining(chatId);
  }

  #sit(start: Start): Seat {
    const { chatId } = start;
    const seat = new Seat(this.#hub.feed(chatId), this.#options.userId, this.#subscriber, this, start);
    this.#seats.set(chatId, seat);
    return seat;
  }

  #enter(start: Start): void {
    if (this.#closed) return;
    const seat = this.#sit(start);
    seat.feed.ready.then(() => this.#meet([seat])).catch(() => this.#giveUp());
  }

  /** The server stops before it could be caught up. */
  #giveUp(): void {
    this.close();
    this.#subscriber.end();
  }

  #admitJoining(chatId: string): void {
    const position = this.#joining.get(chatId);
    if (position === undefined || this.#closed) return;
    this.#joining.delete(chatId);
    this.joined(chatId, position);
  }

  async #catchUp(seats: readonly Seat[]): Promise<void> {
    for (let behind; (behind = seats.filter((seat) => seat.behind).slice(0, CHATS)).length > 0;) {
      for (const seat of behind) seat.outdated = false;
      const wanted = behind.map((seat) => ({ chatId: seat.feed.chatId, after: seat.cursor }));
      const readings = await this.#hub.persist(() => this.#hub.log.read(this.#options.userId, wanted, PAGE));
      for (const page of pages(behind, (seat) => readings.get(seat.feed.chatId)?.events.length)) {
        // Meanwhile a feed may have brought what ends a seat.
        const answers = page.flatMap((seat) =>
          seat.behind && !seat.outdated ? [{ seat, ...this.#answer(seat, readings.get(seat.feed.chatId)) }] : [],
        );
        await this.#send(answers.flatMap(({ seat, items }) => items.map((item) => ({ seat, item }))));
        for (const { done } of answers) done();
      }
    }
  }

  /** Catches up and goes live, in the very tick in which every seat has met its feed's position. */
  async #meet(seats: readonly Seat[], live?: () => void): Promise<void> {
    while (seats.some((seat) => seat.behind)) await this.#catchUp(seats);
    live?.();
    for (const seat of seats) if (this.#seats.get(seat.feed.chatId) === seat && !seat.ending) seat.feed.join(seat);
  }

  /** What one reading of the log says to a seat, and what becomes of the seat once it is written. */
  #answer(seat: Seat, reading: Reading | undefined): { items: StreamItem[]; done: () => void } {
    const { chatId } = seat.feed;
    if (!reading || (reading.ended && !reading.ending)) {
      return { items: seat.introduced ? [statement('ChatGone', chatId, 0)] : [], done: () => this.#dismiss(seat) };
    }
    const { ending, head, events } = reading;
    if (ending) {
      seat.end(ending);
      const isNews = seat.introduced || !this.#openedAt || ending.occurredAt > this.#openedAt;
      return { items: isNews ? [this.#show(ending)] : [], done: () => this.ended(seat) };
    }
    seat.verified = true;
    if (!reaches(reading, seat)) {
      const type = seat.introduced ? 'ChatReset' : 'ChatAdded';
      // Endings up to there are those of earlier memberships; a later one reaches it, also before this is written.
      seat.cursor = head;
      return { items: [statement(type, chatId, head)], done: () => seat.advance(head) };
    }
    const last = events.at(-1)?.position ?? seat.cursor;
    return { items: events.map((event) => this.#show(event)), done: () => seat.advance(last) };
  }

  /** Nothing is to be told of the chat any more. */
  #dismiss(seat: Seat): void {
    const { chatId } = seat.feed;
    if (this.#seats.get(chatId) !== seat) return;
    seat.abandon();
    this.#seats.delete(chatId);
    if (this.#options.over === 'one') return this.#subscriber.end();
    this.#admitJoining(chatId);
  }

  async #send(shown: readonly { item: StreamItem; seat?: Seat }[]): Promise<void> {
    const carried = shown.filter(({ item }) => this.carries(item));
    if (carried.length === 0) return;
    const rendered = await this.#subscriber.render(carried.map(({ item }) => item));
    for (const [i, { item, seat }] of carried.entries()) {
      if (rendered[i] && !this.#closed && (seat?.allows(item) ?? true)) this.#subscriber.write(rendered[i]);
      // After each: a page of long items alone would overflow what may wait in a socket.
      await this.#subscriber.drained();
    }
  }

  #show(event: LogEvent): StreamItem {
    return show(event, event.userId === this.#options.userId);
  }
}

/** Whether what follows the seat's cursor is all there, and all within the present membership. */
function reaches({ joined, head, events }: Reading, { cursor, introduced }: Seat): boolean {
  // It begins with the event of the joining, or after it where the client knows the chat.
  if (joined > cursor + (introduced ? 0 : 1) || cursor > head) return false;
  return events.length === 0
    ? introduced && cursor === head
    : events.every(({ position }, i) => position === cursor + 1 + i);
}

/** Seats in groups whose events make about one page. */
function* pages(seats: readonly Seat[], eventsOf: (seat: Seat) => number | undefined): Iterable<Seat[]> {
  let page: Seat[] = [];
  let events = 0;
  for (const seat of seats) {
    const more = eventsOf(seat) ?? 0;
    if (page.length > 0 && events + more > PAGE) {
      yield page;
      page = [];
      events = 0;
    }
    page.push(seat);
    events += more;
  }
  if (page.length > 0) yield page;
}

/** What a stream says of itself, beside the events of the log. */
function statement(type: StreamItemType, chatId: string, position: number): StreamItem {
  return { type, occurredAt: new Date(), chatId, position, toSubject: true };
}
