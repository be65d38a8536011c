/**
 * Puts the published events of one chat in order. The next event is delivered, an older one is dropped. If events are
 * missing, they are awaited for a moment and then read from the log. The chat's feed owns it.
 */
import type { CountedLine } from '../counted-line.ts';
import type { LogEvent } from '../log/event-types.ts';
import { isSameEvent, type Head } from '../log/log-reader.ts';
import type { Published } from '../log/wire-format.ts';
import { required } from '../required.ts';

/** Milliseconds that an event waits for missing ones before it, until they are read from the log. */
const REORDER_MS = 25;

export interface TailOptions {
  chatId: string;
  /** Reads the next events after a position, in order. The answer is empty only if the log holds none. */
  readLog(after: number): Promise<LogEvent[]>;
  /**
   * Called for each event once, in the order of the log. Everything that can fail is done before it returns. The
   * function that it returns is called after the position has moved. So an event that cannot be prepared is tried
   * again, not lost.
   */
  prepare(published: Published): () => void;
  /**
   * Called when the log contradicts what was delivered: the database was restored, or retention has overtaken the feed.
   */
  onMismatch(): void;
  notRead: CountedLine;
  notDelivered: CountedLine;
}

export class LogTail {
  readonly #options: TailOptions;
  /** The newest event that was delivered; undefined until the tail has started. */
  #head: Head | undefined;
  /** The highest position that the log is known to hold. */
  #knownUpTo = 0;
  readonly #outOfOrder = new Map<number, Published>();
  /** Set while missing events are awaited, and while they are read. */
  #gapTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  get head(): Head | undefined {
    return this.#head;
  }

  /** Delivers events after this one. Those that have already arrived are delivered at once. */
  startAt(head: Head): void {
    this.#head = head;
    this.#advance();
  }

  /** Never throws. */
  receive(published: Published): void {
    const { event } = published;
    if (this.#head && event.position <= this.#head.position) {
      // Another event at the same position: the database was restored to an earlier state and has been written to
      // since.
      const isOther = event.position === this.#head.position && !isSameEvent(this.#head.event ?? event, event);
      return isOther ? this.#options.onMismatch() : undefined;
    }
    this.#outOfOrder.set(event.position, published);
    this.#advance();
  }

  /** The log is known to reach this position. Events that do not arrive in time are read from it. */
  fillUpTo(position: number): void {
    if (this.#isClosed || !this.#head || position <= this.#head.position) return;
    this.#knownUpTo = Math.max(this.#knownUpTo, position);
    this.#gapTimer ??= setTimeout(() => void this.#fill(), REORDER_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#gapTimer);
    this.#outOfOrder.clear();
  }

  #advance(): void {
    if (!this.#head) return;
    for (let next; (next = this.#outOfOrder.get(this.#head.position + 1));) {
      if (!this.#deliver(next)) return;
    }
    for (const position of this.#outOfOrder.keys()) {
      if (position <= this.#head.position) this.#outOfOrder.delete(position);
      else this.fillUpTo(position);
    }
  }

  async #fill(): Promise<void> {
    const { readLog, notRead } = this.#options;
    try {
      // The missing events may have arrived during the wait. Then nothing needs to be read.
      for (let head; (head = this.#head) && head.position < this.#knownUpTo;) {
        const page = await readLog(head.position);
        if (this.#isClosed || !this.#deliverPage(page)) return;
      }
    } catch (error) {
      return notRead.add(error);
    } finally {
      this.#gapTimer = undefined;
    }
    this.#advance();
  }

  get #position(): number {
    return required(this.#head).position;
  }

  /** Whether reading may continue after this page. */
  #deliverPage(page: LogEvent[]): boolean {
    for (const event of page) {
      // Events that were published while the page was read may have been delivered already.
      if (event.position <= this.#position) continue;
      if (event.position > this.#position + 1) return this.#mismatch();
      if (!this.#deliver({ event })) return false;
    }
    // The log no longer holds these positions, so that subscriptions must start again with `ChatReset`.
    if (page.length === 0 && this.#position < this.#knownUpTo) return this.#mismatch();
    return true;
  }

  #mismatch(): false {
    this.#options.onMismatch();
    return false;
  }

  #deliver(published: Published): boolean {
    const { chatId, prepare, notDelivered } = this.#options;
    const { event } = published;
    const { position } = event;
    try {
      const deliver = prepare(published);
      this.#head = { position, event };
      deliver();
      return true;
    } catch (error) {
      notDelivered.add(error, { chatId, position });
      return false;
    }
  }
}
