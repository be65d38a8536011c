import type { Unsubscribe } from '../pubsub/pubsub.ts';

/** Called when the version has changed. */
type Listener = () => void;

/** One user on this server: the newest version of their viewer state that is known here. */
export class ViewerFeed {
  /** Undefined until the version is known from a read or a hint. */
  version: number | undefined;
  /** Resolves when hints arrive. A read after that misses no change. */
  subscribed: Promise<void> = Promise.resolve();
  readonly listeners = new Set<Listener>();

  /** Called when the database is known to have reached this version. */
  reach(version: number): void {
    if (this.version === undefined || version > this.version) this.#set(version);
  }

  /** Called when the database is behind this feed, because it was restored. */
  goBack(version: number): void {
    this.#set(version);
  }

  #set(version: number): void {
    this.version = version;
    for (const listener of this.listeners) listener();
  }
}

interface OpenFeed {
  feed: ViewerFeed;
  unsubscribe: Unsubscribe;
}

/** The users whose viewer state is followed on this server. A feed is kept while it has a listener. */
export class ViewerFeeds {
  readonly #feeds = new Map<string, OpenFeed>();
  readonly #subscribe: (userId: string, onHint: (version: number) => void) => Promise<Unsubscribe>;

  constructor(subscribe: (userId: string, onHint: (version: number) => void) => Promise<Unsubscribe>) {
    this.#subscribe = subscribe;
  }

  get size(): number {
    return this.#feeds.size;
  }

  /** Calls the listener at each change of the version, until it is closed. */
  open(userId: string, listener: Listener): { feed: ViewerFeed; close: () => void } {
    const open = this.#feeds.get(userId) ?? this.#add(userId);
    open.feed.listeners.add(listener);
    return { feed: open.feed, close: () => this.#close(userId, open, listener) };
  }

  /** The versions that are known now. They are taken before a query, because a feed may move on while it runs. */
  known(): { userId: string; feed: ViewerFeed; version: number }[] {
    return [...this.#feeds].flatMap(([userId, { feed }]) =>
      feed.version === undefined ? [] : [{ userId, feed, version: feed.version }],
    );
  }

  stop(): void {
    for (const { unsubscribe } of this.#feeds.values()) unsubscribe();
    this.#feeds.clear();
  }

  #add(userId: string): OpenFeed {
    const open: OpenFeed = { feed: new ViewerFeed(), unsubscribe: () => {} };
    this.#feeds.set(userId, open);
    open.feed.subscribed = this.#subscribe(userId, (version) => open.feed.reach(version)).then((unsubscribe) => {
      if (this.#feeds.get(userId) === open) open.unsubscribe = unsubscribe;
      else unsubscribe();
    });
    // The streams that await it handle the failure. This avoids an unhandled rejection when there are none.
    open.feed.subscribed.catch(() => undefined);
    return open;
  }

  #close(userId: string, open: OpenFeed, listener: Listener): void {
    open.feed.listeners.delete(listener);
    if (open.feed.listeners.size > 0 || this.#feeds.get(userId) !== open) return;
    this.#feeds.delete(userId);
    open.unsubscribe();
  }
}
