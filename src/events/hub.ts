import DataLoader from 'dataloader';
import type { Logger } from 'pino';
import { decodeJoined, decodePublished } from './codec.ts';
import { ChatFeed, type FeedHost } from './feed.ts';
import type { LogReader, Memberships } from './log.ts';
import type { PubSub, Unsubscribe } from './pubsub.ts';

export interface HubOptions {
  log: LogReader;
  pubsub: PubSub;
  logger: Logger;
  /** How often the feeds are compared with the database, in milliseconds. */
  reconcileMs: number;
}

/** A stream over all chats of a user: told of each membership that begins. */
export interface MembershipListener {
  joined(chatId: string, position: number): void;
}

interface OpenFeed {
  feed: ChatFeed;
  unsubscribe: Unsubscribe;
}

interface WatchedUser {
  joinings: number;
  listeners: Set<MembershipListener>;
  ready: Promise<void>;
  unsubscribe: Unsubscribe;
}

/**
 * The live side of one server: a feed for each chat and a watch for each user that somebody here listens to. Redis
 * makes them fast; comparing them with the database, every second, makes them certain.
 */
export class Hub {
  readonly log: LogReader;
  readonly #pubsub: PubSub;
  readonly #logger: Logger;
  readonly #reconcileMs: number;
  readonly #feeds = new Map<string, OpenFeed>();
  readonly #users = new Map<string, WatchedUser>();
  readonly #positions: DataLoader<string, number>;
  readonly #feedHost: FeedHost;
  readonly #stopReturn: Unsubscribe;
  #timer: NodeJS.Timeout | undefined;
  #reconciling: Promise<void> | undefined;
  #onReconciled: (() => void)[] = [];
  #stopped = false;

  constructor({ log, pubsub, logger, reconcileMs }: HubOptions) {
    this.log = log;
    this.#pubsub = pubsub;
    this.#logger = logger;
    this.#reconcileMs = reconcileMs;
    this.#positions = new DataLoader(
      async (chatIds) => {
        const positions = await log.positions(chatIds);
        return chatIds.map((id) => positions.get(id) ?? 0);
      },
      { cache: false },
    );
    this.#feedHost = {
      readLog: (chatId, after, limit) => log.after(chatId, after, limit),
      joined: (userId, chatId, position) => this.#tell(userId, chatId, position),
      reset: (feed) => this.#reset(feed),
      failed: (error) => this.#failed(error),
      abandoned: (feed) => this.#giveUp(feed),
    };
    this.#stopReturn = pubsub.onReturn(() => void this.reconcile());
    this.#schedule();
  }

  /** The chat's feed on this server, opened if nobody sat there yet. Take a seat in the same tick. */
  feed(chatId: string): ChatFeed {
    const open = this.#feeds.get(chatId);
    if (open) return open.feed;
    const feed = new ChatFeed(chatId, this.#feedHost);
    const opening = { feed, unsubscribe: () => {} };
    this.#feeds.set(chatId, opening);
    feed.ready = this.#begin(opening);
    // It fails only where the server stops before it could begin: who still waits for it is told.
    feed.ready.catch(() => {});
    return feed;
  }

  /**
   * Tells the listener of each membership of the user that begins from now on. Resolves with the user's present
   * memberships, read after the watch has begun: none falls between.
   */
  async watch(userId: string, listener: MembershipListener): Promise<Memberships> {
    let user = this.#users.get(userId);
    if (!user) {
      user = { joinings: -1, listeners: new Set(), ready: Promise.resolve(), unsubscribe: () => {} };
      this.#users.set(userId, user);
      user.ready = this.#subscribeUser(userId, user);
    }
    user.listeners.add(listener);
    await user.ready;
    const [own] = await this.log.memberships([userId]);
    // The oldest reading is where the counting begins: what begins later is for everyone who listens.
    if (own) user.joinings = user.joinings < 0 ? own.joinings : Math.min(user.joinings, own.joinings);
    return own ?? { joinings: 0, readAt: new Date(), chats: [] };
  }

  unwatch(userId: string, listener: MembershipListener): void {
    const user = this.#users.get(userId);
    if (!user?.listeners.delete(listener) || user.listeners.size > 0) return;
    this.#users.delete(userId);
    user.unsubscribe();
  }

  /** Tries until it succeeds: again whenever the database has been reached. For reading only. */
  async persist<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (this.#stopped) throw error;
        this.#failed(error);
        await new Promise<void>((resolve) => this.#onReconciled.push(resolve));
      }
    }
  }

  /** Compares what is served here with the database, in one query for chats and one for users. */
  async reconcile(): Promise<void> {
    // One that is under way may have read before the call: it does not count.
    await this.#reconciling;
    await (this.#reconciling ??= this.#compare().finally(() => (this.#reconciling = undefined)));
  }

  /** How many feeds and watched users this server holds. */
  size(): { feeds: number; users: number } {
    return { feeds: this.#feeds.size, users: this.#users.size };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#stopReturn();
    for (const { feed, unsubscribe } of this.#feeds.values()) {
      feed.close();
      unsubscribe();
    }
    for (const { unsubscribe } of this.#users.values()) unsubscribe();
    this.#feeds.clear();
    this.#users.clear();
    for (const resolve of this.#onReconciled.splice(0)) resolve();
    await this.#reconciling;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.reconcile().finally(() => this.#schedule()), this.#reconcileMs);
  }

  async #begin(open: OpenFeed): Promise<void> {
    const { feed } = open;
    const unsubscribe = await this.#pubsub.subscribe(`chat:${feed.chatId}`, (payload) =>
      this.#guard(() => feed.receive(decodePublished(payload))),
    );
    if (this.#feeds.get(feed.chatId) !== open) return unsubscribe();
    open.unsubscribe = unsubscribe;
    feed.begin(await this.persist(() => this.#positions.load(feed.chatId)));
  }

  async #subscribeUser(userId: string, user: WatchedUser): Promise<void> {
    const unsubscribe = await this.#pubsub.subscribe(`user:${userId}`, (payload) =>
      this.#guard(() => {
        const { chatId, position } = decodeJoined(payload);
        this.#tell(userId, chatId, position);
      }),
    );
    if (this.#users.get(userId) === user) user.unsubscribe = unsubscribe;
    else unsubscribe();
  }

  #tell(userId: string, chatId: string, position: number): void {
    for (const listener of this.#users.get(userId)?.listeners ?? []) listener.joined(chatId, position);
  }

  #giveUp(feed: ChatFeed): void {
    const open = this.#feeds.get(feed.chatId);
    if (open?.feed !== feed) return;
    this.#feeds.delete(feed.chatId);
    feed.close();
    open.unsubscribe();
  }

  /** Begins the feed anew; its seats are told to begin anew in the new one. */
  #reset(feed: ChatFeed): void {
    this.#logger.warn({ chatId: feed.chatId, position: feed.position }, 'feed does not fit the log: beginning anew');
    const seats = [...feed.seats()];
    this.#giveUp(feed);
    for (const seat of seats) seat.owner.reset(seat);
  }

  async #compare(): Promise<void> {
    const served = [...this.#feeds.values()].map(({ feed }) => ({ feed, position: feed.position }));
    const users = [...this.#users].filter(([, user]) => user.joinings >= 0);
    try {
      const [positions, joinings] = await Promise.all([
        served.length > 0 ? this.log.positions(served.map(({ feed }) => feed.chatId)) : new Map<string, number>(),
        users.length > 0 ? this.log.joinings(users.map(([userId]) => userId)) : new Map<string, number>(),
      ]);
      for (const { feed, position } of served) {
        const actual = positions.get(feed.chatId) ?? 0;
        if (position > actual) this.#reset(feed);
        else if (position >= 0) feed.expect(actual);
      }
      await this.#catchUpUsers(users.filter(([userId, user]) => (joinings.get(userId) ?? 0) !== user.joinings));
      for (const resolve of this.#onReconciled.splice(0)) resolve();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #catchUpUsers(behind: [string, WatchedUser][]): Promise<void> {
    if (behind.length === 0) return;
    for (const { userId, joinings, chats } of await this.log.memberships(behind.map(([userId]) => userId))) {
      const user = this.#users.get(userId);
      if (user) user.joinings = joinings;
      for (const { chatId, joined } of chats) this.#tell(userId, chatId, joined);
    }
  }

  #guard(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#logger.error({ err: error }, 'a published payload was not understood and is left to the log');
    }
  }

  #failed(error: unknown): void {
    this.#logger.warn({ err: error }, 'the log could not be read: trying again with the next comparison');
  }
}
