/**
 * The registry of what this server serves live: a feed for each chat that is subscribed to here, and a watch for each
 * user who subscribes here. There is one hub on a server, from its start to its stop.
 */
import DataLoader from 'dataloader';
import type { Logger } from 'pino';
import { countedLine, type CountedLine } from '../counted-line.ts';
import type { LogEvent } from '../log/event-types.ts';
import type { Head, LogPage, LogReader } from '../log/log-reader.ts';
import { createTurns } from '../log/turns.ts';
import { decodePublished } from '../log/wire-format.ts';
import type { PubSub, Unsubscribe } from '../pubsub/pubsub.ts';
import type { ViewerChangesReader } from '../viewer-state/viewer-changes.ts';
import { ChatFeed } from './chat-feed.ts';
import { decodeOr } from './decode.ts';
import { MembershipWatches, type MembershipWatch } from './membership-watches.ts';
import { Reconciler } from './reconciler.ts';
import { ViewerStates } from './viewer-states.ts';
import type { ViewerOperation, ViewerStream } from './viewer-stream.ts';

/** Maximum number of missing events of one chat that are read at once. */
const GAP = 500;
/** Maximum number of chats whose missing events are read in one statement. */
const GAPS = 50;
/**
 * Reads of the log for subscribers that run at once. The limit matters after a failover, when all clients return
 * together.
 */
const REPLAYS = 4;

export interface HubOptions {
  /** Serves the replays of subscribers. */
  log: Pick<LogReader, 'heads' | 'read' | 'memberships'>;
  /** Serves the comparison and the gaps over connections of its own, so that they do not wait behind requests. */
  reserve: Pick<LogReader, 'heads' | 'after' | 'membershipVersions' | 'memberships'>;
  /** Reads viewer state, over connections of its own too. */
  viewerChanges: ViewerChangesReader;
  pubsub: PubSub;
  logger: Logger;
  /** How often the feeds are compared with the database, in milliseconds. */
  reconcileMs: number;
  /** What else this server serves live, and compares with the database at the same times. */
  others?: readonly (() => Promise<void>)[];
  /** Called with each event once it is delivered on this server. */
  onDelivered?(event: LogEvent): void;
}

interface OpenFeed {
  feed: ChatFeed;
  unsubscribe: Unsubscribe;
}

export class Hub {
  readonly #options: HubOptions;
  readonly #feeds = new Map<string, OpenFeed>();
  readonly #watches: MembershipWatches;
  readonly #viewerStates: ViewerStates;
  readonly #reconciler: Reconciler;
  readonly #heads: DataLoader<string, Head>;
  readonly #gaps: DataLoader<{ chatId: string; after: number }, LogEvent[]>;
  readonly #inTurn = createTurns(REPLAYS);
  readonly #notUnderstood: CountedLine;
  readonly #notRead: CountedLine;
  readonly #notDelivered: CountedLine;
  readonly #stopReconnected: Unsubscribe;

  constructor(options: HubOptions) {
    const { log, reserve, viewerChanges, pubsub, logger, reconcileMs, others = [] } = options;
    this.#options = options;
    const nextComparison = 'trying again with the next comparison';
    this.#notUnderstood = countedLine(logger, 'error', 'a published payload was not understood and is left to the log');
    this.#notRead = countedLine(logger, 'warn', `the log could not be read: ${nextComparison}`);
    this.#notDelivered = countedLine(logger, 'error', `an event could not be delivered: ${nextComparison}`);
    this.#heads = new DataLoader(
      async (chatIds) => {
        const heads = await log.heads(chatIds.map((chatId) => ({ chatId, position: 'newest' })));
        return chatIds.map((id) => heads.get(id) ?? { position: 0, event: null });
      },
      { cache: false },
    );
    // Without Redis every busy chat has a gap at each comparison. They are read together.
    this.#gaps = new DataLoader(
      async (wanted) => {
        const events = await reserve.after(wanted, GAP);
        return wanted.map(({ chatId }) => events.get(chatId) ?? []);
      },
      { cache: false, maxBatchSize: GAPS },
    );
    this.#watches = new MembershipWatches({ log, pubsub, notUnderstood: this.#notUnderstood });
    this.#viewerStates = new ViewerStates({
      changes: viewerChanges,
      pubsub,
      notUnderstood: this.#notUnderstood,
      retryWhileAway: (read) => this.retryWhileAway(read),
    });
    this.#reconciler = new Reconciler({
      log: reserve,
      viewerStates: this.#viewerStates,
      everyMs: reconcileMs,
      feeds: () => [...this.#feeds.values()].map(({ feed }) => feed),
      watches: this.#watches,
      others,
      notRead: this.#notRead,
    });
    this.#stopReconnected = pubsub.onReconnected(() => void this.reconcile());
    this.#reconciler.start();
  }

  /** The chat's feed on this server, opened if nobody subscribed there yet. Subscribe in the same tick. */
  feed(chatId: string): ChatFeed {
    return this.#feeds.get(chatId)?.feed ?? this.#open(chatId);
  }

  /** The number of members, if this server knows by itself that the user is one of them. */
  readonly memberCountFor = (userId: string, chatId: string): number | undefined =>
    this.#feeds.get(chatId)?.feed.memberCountFor(userId);

  /** The user's memberships, and each that begins from now on. */
  readonly watch = (userId: string): Promise<MembershipWatch> => this.#watches.open(userId);

  /** Follows the viewer state of a user, for one operation, after a version that the client knows. */
  viewerStream(userId: string, since: number, operation: ViewerOperation): ViewerStream {
    return this.#viewerStates.follow(userId, since, operation);
  }

  /** Reads pages of the log for a subscriber. The reads queue, and are repeated while the database is away. */
  readPages(
    userId: string,
    wanted: readonly { chatId: string; after: number | 'now' }[],
    limit: number,
  ): Promise<Map<string, LogPage>> {
    return this.retryWhileAway(() => this.#inTurn('replays', () => this.#options.log.read(userId, wanted, limit)));
  }

  retryWhileAway<T>(read: () => Promise<T>): Promise<T> {
    return this.#reconciler.retryWhileAway(read);
  }

  /** Called after a restore: the database may have lost endings that were already delivered. */
  forgetEndings(): void {
    this.#watches.forgetEndings();
  }

  /** Logs the error because of which a stream ends, unless the server is stopping. */
  failedReplay(error: unknown, context: { operation: string; chatIds: string[] }): void {
    if (this.#reconciler.isStopped) return;
    this.#options.logger.error({ err: error, ...context }, 'a replay failed and its stream ends');
  }

  /** Compares the feeds and watches with the database now. */
  readonly reconcile = (): Promise<void> => this.#reconciler.reconcile();

  /** Numbers of feeds, of watched users, and of users whose viewer state is followed. */
  size(): { feeds: number; users: number; viewerFeeds: number } {
    return { feeds: this.#feeds.size, users: this.#watches.size, viewerFeeds: this.#viewerStates.size };
  }

  async stop(): Promise<void> {
    this.#stopReconnected();
    for (const { feed } of this.#feeds.values()) feed.fail(new Error('The server stops.'));
    this.#watches.stop();
    this.#viewerStates.stop();
    await this.#reconciler.stop();
  }

  #open(chatId: string): ChatFeed {
    const open: OpenFeed = {
      feed: new ChatFeed({
        chatId,
        readLog: (after) => this.#gaps.load({ chatId, after }),
        logger: this.#options.logger,
        notRead: this.#notRead,
        notDelivered: this.#notDelivered,
        onDelivered: this.#options.onDelivered ?? (() => {}),
        onJoined: (userId, position) => this.#watches.notifyJoined(userId, chatId, position),
        onClosed: () => {
          if (this.#feeds.get(chatId) === open) this.#feeds.delete(chatId);
          open.unsubscribe();
        },
      }),
      unsubscribe: () => {},
    };
    this.#feeds.set(chatId, open);
    this.#start(open).catch((error: unknown) => open.feed.fail(error));
    return open.feed;
  }

  async #start(open: OpenFeed): Promise<void> {
    const { feed } = open;
    const unsubscribe = await this.#options.pubsub.subscribe(`chat:${feed.chatId}`, (payload) => {
      const published = decodeOr(this.#notUnderstood, () => decodePublished(payload));
      if (published) feed.receive(published);
    });
    const isOpen = () => this.#feeds.get(feed.chatId) === open;
    if (!isOpen()) return unsubscribe();
    open.unsubscribe = unsubscribe;
    const head = await this.retryWhileAway(() => this.#heads.load(feed.chatId));
    if (isOpen()) feed.startAt(head);
  }
}
