import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { PrismaClient } from '../database/generated/client.ts';
import type { StreamItem } from './catalogue.ts';
import type { Hub } from './hub.ts';
import { ChatChange } from './change.ts';
import { Seat, type SeatOwner, type Subscriber } from './seat.ts';
import type { Writer } from './writer.ts';

/** Canaries that may be missing until nothing is taken to be delivered here, whatever answers to a ping. */
const MISSING = 2;
/** Of the canary's events so many are kept. */
const KEPT = 100;
/** The canaries' chat, and the user in whose name it was made: the same rows for all servers of a database. */
const CANARY = '00000000-0000-4000-8000-000000000000';

/**
 * Every so often an event of this server's own takes the way of every event: transaction, log, Redis, feed. It has
 * no members, so that nobody but the canary hears it.
 */
export class Canary implements SeatOwner {
  readonly #db: PrismaClient;
  readonly #hub: Hub;
  readonly #writer: Writer;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  readonly #server = randomUUID();
  #seat: Seat | undefined;
  #sent = 0;
  #arrived = performance.now();
  #lag = 0;
  #timer: NodeJS.Timeout | undefined;
  #flight: Promise<void> | undefined;

  constructor(deps: { db: PrismaClient; hub: Hub; writer: Writer; logger: Logger; intervalMs: number }) {
    this.#db = deps.db;
    this.#hub = deps.hub;
    this.#writer = deps.writer;
    this.#logger = deps.logger;
    this.#intervalMs = deps.intervalMs;
    this.#timer = setInterval(() => this.#fly(), deps.intervalMs);
    this.#fly();
  }

  /** Milliseconds since a canary arrived, and how long that one took. */
  report(): { ageMs: number; lagMs: number; alive: boolean } {
    const ageMs = Math.round(performance.now() - this.#arrived);
    return { ageMs, lagMs: Math.round(this.#lag), alive: ageMs < MISSING * this.#intervalMs };
  }

  ended(): void {}

  reset(seat: Seat): void {
    seat.abandon();
    this.#seat = undefined;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flight;
    this.#seat?.abandon();
  }

  #fly(): void {
    this.#flight ??= this.#send()
      .catch((error: unknown) => this.#logger.warn({ err: error }, 'the canary could not fly'))
      .finally(() => (this.#flight = undefined));
  }

  async #send(): Promise<void> {
    if (!this.#seat) await this.#settle();
    this.#sent = performance.now();
    const change = await this.#db.$transaction(async (tx) => {
      const locked = await ChatChange.lock(tx, CANARY);
      const { position } = locked.record({ type: 'CHAT_UPDATED', actorId: this.#server });
      await locked.append();
      await tx.event.deleteMany({ where: { chatId: CANARY, position: { lte: position - KEPT } } });
      return locked;
    });
    this.#writer.publish(CANARY, change.events);
  }

  async #settle(): Promise<void> {
    await this.#db.$executeRaw`
      INSERT INTO "user" (id, username, display_name) VALUES (${CANARY}::uuid, '~canary', 'Canary') ON CONFLICT DO NOTHING`;
    await this.#db.$executeRaw`
      INSERT INTO chat (id, kind, created_by_id, created_at, last_activity_at, position, rights_position)
      VALUES (${CANARY}::uuid, 'GROUP', ${CANARY}::uuid, clock_timestamp(), clock_timestamp(), 0, 0) ON CONFLICT DO NOTHING`;
    const feed = this.#hub.feed(CANARY);
    const seat = new Seat(feed, this.#server, this.#subscriber, this, { cursor: 0, verified: true, introduced: true });
    await feed.ready;
    seat.cursor = feed.position;
    feed.join(seat);
    this.#seat = seat;
  }

  readonly #subscriber: Subscriber<never> = {
    outlet: {
      carries: (item: StreamItem) => item.event?.actorId === this.#server,
      deliver: async () => {
        this.#arrived = performance.now();
        this.#lag = this.#arrived - this.#sent;
      },
    },
    render: async () => [],
    write: () => {},
    drained: async () => {},
    end: () => {},
  };
}
