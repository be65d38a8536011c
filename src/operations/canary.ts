import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { isLockTimeout } from '../database/errors.ts';
import { Prisma } from '../database/generated/client.ts';
import type { Statement } from '../database/statement.ts';
import { fromKnown } from '../delivery/chat-subscription.ts';
import type { ChatFeed } from '../delivery/chat-feed.ts';
import type { DeliveryListener, Subscription } from '../delivery/delivery-listener.ts';
import type { Hub } from '../delivery/hub.ts';
import { logEvent } from '../log/chat-transaction.ts';
import type { StreamItem } from '../log/event-types.ts';
import type { MutationRunner } from '../log/mutation-runner.ts';

/**
 * Number of intervals without a probe that arrives, after which the server is not ready, even if pings are answered.
 */
const MISSING = 2;
/** Maximum number of the canary's events that are kept. */
const KEPT = 100;

interface Deps {
  /** Uses connections of its own, so that requests that wait do not make the server unready. */
  statement: Statement;
  hub: Hub;
  mutations: MutationRunner;
  logger: Logger;
  intervalMs: number;
}

/**
 * Probes delivery: at each interval it writes an event that passes through the database, Redis and a feed, as every
 * event does. Its chat belongs to this server alone and has no members, so that only the canary receives the event.
 */
export class Canary {
  readonly #deps: Deps;
  readonly #server = randomUUID();
  #chatId: string | undefined;
  #heard: { feed: ChatFeed; subscription: Subscription<never> } | undefined;
  #sent = 0;
  #arrived: number | undefined;
  #lag = 0;
  #timer: NodeJS.Timeout | undefined;
  #probing: Promise<void> | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => this.#probe(), this.#deps.intervalMs);
    this.#probe();
  }

  /** Milliseconds since the newest probe arrived, and how long it took. Before the first: nulls, and not alive. */
  report(): { ageMs: number | null; lagMs: number | null; alive: boolean } {
    if (this.#arrived === undefined) return { ageMs: null, lagMs: null, alive: false };
    const ageMs = Math.round(performance.now() - this.#arrived);
    return { ageMs, lagMs: Math.round(this.#lag), alive: ageMs < MISSING * this.#deps.intervalMs };
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#probing;
    this.#stopHearing();
    // A server that is killed leaves its chat behind. It counts as deleted, so that retention removes it.
    const chatId = this.#chatId;
    if (chatId !== undefined) {
      await this.#deps.statement(Prisma.sql`DELETE FROM chat WHERE id = ${chatId}::uuid`).catch(() => undefined);
    }
  }

  #probe(): void {
    this.#probing ??= this.#send()
      .catch((error: unknown) => {
        if (!isLockTimeout(error)) throw error;
        // Another transaction holds the row. That says nothing about delivery, so the probe uses another chat.
        this.#leave();
        return this.#send();
      })
      .catch((error: unknown) => this.#deps.logger.warn({ err: error }, 'the delivery probe failed'))
      .finally(() => (this.#probing = undefined));
  }

  #leave(): void {
    this.#stopHearing();
    this.#chatId = undefined;
  }

  #stopHearing(): void {
    this.#heard?.feed.remove(this.#heard.subscription);
    this.#heard = undefined;
  }

  async #send(): Promise<void> {
    const chatId = (this.#chatId ??= await this.#createChat());
    if (!this.#heard) await this.#prepare(chatId);
    this.#sent = performance.now();
    const [written] = await this.#deps.statement<{ position: number; at: Date }>(Prisma.sql`
      WITH moved AS (
        UPDATE chat SET position = position + 1 WHERE id = ${chatId}::uuid
        RETURNING id, position, clock_timestamp()::timestamptz(3) AS at
      ), logged AS (
        INSERT INTO event (chat_id, position, type, actor_id, occurred_at)
        SELECT id, position, 'CHAT_UPDATED', ${this.#server}::uuid, at FROM moved
      ), gone AS (
        DELETE FROM event USING moved WHERE chat_id = moved.id AND event.position <= moved.position - ${KEPT}::int
      )
      SELECT position, at FROM moved`);
    if (!written) {
      // Retention has removed the chat, or the database was restored.
      this.#leave();
      return this.#send();
    }
    const event = logEvent({ type: 'CHAT_UPDATED', actorId: this.#server }, chatId, written.position, written.at);
    this.#deps.mutations.publish.events(chatId, [{ event }]);
  }

  async #createChat(): Promise<string> {
    const chatId = randomUUID();
    await this.#deps.statement(Prisma.sql`
      INSERT INTO chat (id, kind, created_at, last_activity_at, position, rights_version, deleted_at)
      VALUES (${chatId}::uuid, 'GROUP', clock_timestamp(), clock_timestamp(), 0, 0, clock_timestamp())`);
    return chatId;
  }

  async #prepare(chatId: string): Promise<void> {
    const feed = this.#deps.hub.feed(chatId);
    const subscription = feed.subscribe(this.#server, this.#listener, fromKnown(0));
    await feed.started;
    feed.goLive(subscription);
    this.#heard = { feed, subscription };
  }

  readonly #listener: DeliveryListener<never> = {
    broadcast: {
      operation: 'canary',
      accepts: (item: StreamItem) => item.event?.actorId === this.#server,
      send: async () => {
        const now = performance.now();
        this.#arrived = now;
        this.#lag = now - this.#sent;
      },
      render: async () => [],
    },
    subscriber: { isCongested: false, write: () => {}, drained: async () => {}, end: () => {} },
    ended: () => {},
    reset: () => (this.#heard = undefined),
    joined: () => {},
    endingsForgotten: () => {},
  };
}
