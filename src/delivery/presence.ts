/** Who is online: the reports of this server about its own users, and what it sends about others. A server has one. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { countedLine, type CountedLine } from '../counted-line.ts';
import type { Statement } from '../database/statement.ts';
import type { LogEvent } from '../log/event-types.ts';
import { decodePresence, encodePresence } from '../log/wire-format.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import { decodeOr } from './decode.ts';
import type { DeliveryListener } from './delivery-listener.ts';
import { OwnPresence } from './own-presence.ts';
import { createPresenceRows, type PresenceRows } from './presence-rows.ts';
import { PresenceTopics } from './presence-topics.ts';
import { UserWatches } from './user-watches.ts';

/** Milliseconds between two comparisons. */
const EVERY = 30_000;
/** Milliseconds after which a failed comparison is repeated, and until which its first success is not trusted. */
const SOON = 2_000;

interface Options {
  pubsub: PubSub;
  statement: Statement;
  /** Runs the comparisons over separate connections, so that they do not wait behind requests. */
  reserve: Statement;
  notUnderstood: CountedLine;
  logger: Logger;
  retryWhileAway<T>(read: () => Promise<T>): Promise<T>;
  /** Whether the deployment has presence switched on. */
  hasPresence: boolean;
  everyMs?: number | undefined;
}

interface Looking {
  userId: string;
  isActive: boolean;
  /** The users on screen. */
  userIds: readonly string[];
}

export class Presence {
  readonly #options: Options;
  readonly #rows: PresenceRows;
  readonly #channels: UserWatches;
  readonly #own: OwnPresence;
  readonly #topics: PresenceTopics;
  readonly #failed: CountedLine;
  readonly #stopReconnected: () => void;
  #timer: NodeJS.Timeout | undefined;
  #comparing: Promise<void> | undefined;
  #isStopped = false;
  /** Whether the last comparison failed. */
  #hasFailed = false;

  constructor(options: Options) {
    const { pubsub, statement, reserve, notUnderstood, logger, retryWhileAway } = options;
    this.#options = options;
    const serverId = randomUUID();
    this.#rows = createPresenceRows(reserve, serverId);
    this.#channels = new UserWatches(pubsub, 'presence');
    this.#failed = countedLine(logger, 'warn', 'presence could not be read or written: trying again');
    const onFailed = (error: unknown) => {
      if (!this.#isStopped) this.#failed.add(error);
    };
    const receive = (take: (userId: string, notice: ReturnType<typeof decodePresence>) => void) => {
      return (userId: string, payload: string) => {
        const notice = decodeOr(notUnderstood, () => decodePresence(payload));
        if (notice) take(userId, notice);
      };
    };
    this.#own = new OwnPresence({
      hold: createPresenceRows(statement, serverId).hold,
      publish: (userId, change) => pubsub.publish(`presence:${userId}`, encodePresence({ serverId, ...change })),
      channels: this.#channels,
      receive: receive((userId, notice) => {
        if ('left' in notice) this.#topics.membershipEnded(notice.left, userId);
        else this.#own.receive(userId, notice);
      }),
      onFailed,
    });
    this.#topics = new PresenceTopics({
      statement,
      channels: this.#channels,
      receive: receive((userId, notice) => this.#topics.receive(userId, notice)),
      retryWhileAway,
      onFailed,
    });
    this.#stopReconnected = pubsub.onReconnected(() => {
      this.#topics.lookAgain();
      void this.compare();
    });
    this.#schedule(this.#every);
  }

  /** Opens an operation. Its user is online from then on, and it receives changes of the users on screen. */
  open<Rendered>(
    { userId, isActive, userIds }: Looking,
    listener: DeliveryListener<Rendered>,
  ): { ready: Promise<void>; close: () => void } {
    if (!this.#options.hasPresence) return { ready: Promise.resolve(), close: () => undefined };
    const own = this.#own.open(userId, isActive);
    const watched = this.#topics.watch(userId, userIds, listener);
    return {
      ready: Promise.all([own.ready, watched.ready]).then(() => undefined),
      close: () => {
        own.close();
        watched.close();
      },
    };
  }

  /** An event of a chat has been delivered on this server. */
  delivered(event: LogEvent): void {
    if (event.type === 'MEMBER_REMOVED') this.#topics.membershipEnded(event.chatId, event.userId);
    if (event.type === 'CHAT_DELETED') this.#topics.membershipEnded(event.chatId);
  }

  size(): { presenceTopics: number } {
    return { presenceTopics: this.#topics.size };
  }

  /** Compares with the database now, with one statement for any number of users. */
  async compare(): Promise<void> {
    // A running comparison may have read before this call, so it does not count.
    await this.#comparing;
    await (this.#comparing ??= this.#compare().finally(() => (this.#comparing = undefined)));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#stopReconnected();
    await this.#comparing;
    this.#own.stop();
    this.#topics.stop();
    this.#channels.stop();
  }

  get #every(): number {
    return this.#options.everyMs ?? EVERY;
  }

  #schedule(ms: number): void {
    if (!this.#options.hasPresence || this.#isStopped) return;
    const next = () => this.#schedule(this.#topics.isBlind ? SOON : this.#every);
    this.#timer = setTimeout(() => void this.compare().finally(next), ms);
  }

  /** After an outage other servers may not have written their rows yet, so the first result is not trusted. */
  async #compare(): Promise<void> {
    const { userIds, known, apply } = this.#topics.comparison();
    try {
      const compared = await this.#rows.compare(this.#own.held(), userIds, known);
      if (!this.#hasFailed) {
        apply(compared);
        this.#topics.isBlind = false;
      }
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      this.#topics.isBlind = true;
      if (!this.#isStopped) this.#failed.add(error);
    }
  }
}
