/**
 * Compares the feeds and watches of this server with the database: every `everyMs`, and whenever `reconcile` is called.
 * Redis makes delivery fast; this comparison makes it certain. The hub starts and stops it.
 */
import type { CountedLine } from '../counted-line.ts';
import { isDatabaseAway } from '../database/errors.ts';
import { isSameEvent, type LogReader } from '../log/log-reader.ts';
import type { ChatFeed } from './chat-feed.ts';
import type { MembershipWatches } from './membership-watches.ts';
import type { ViewerStates } from './viewer-states.ts';

export interface ReconcilerOptions {
  log: Pick<LogReader, 'heads' | 'membershipVersions' | 'memberships'>;
  viewerStates: ViewerStates;
  /** Milliseconds between two comparisons. */
  everyMs: number;
  feeds(): Iterable<ChatFeed>;
  watches: MembershipWatches;
  others: readonly (() => Promise<void>)[];
  notRead: CountedLine;
}

export class Reconciler {
  readonly #options: ReconcilerOptions;
  #timer: NodeJS.Timeout | undefined;
  #comparing: Promise<void> | undefined;
  /** Reads that wait until the database has been reached. */
  #waiting: (() => void)[] = [];
  #isStopped = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.reconcile().finally(() => this.start()), this.#options.everyMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#releaseWaiting();
    await this.#comparing;
  }

  async reconcile(): Promise<void> {
    // A comparison that is under way may have read before the call, so it does not count.
    await this.#comparing;
    await (this.#comparing ??= this.#compare().finally(() => (this.#comparing = undefined)));
  }

  /** Runs a read, and repeats it after each comparison while the database is away. Other errors are thrown. */
  async retryWhileAway<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (this.#isStopped || !isDatabaseAway(error)) throw error;
        this.#options.notRead.add(error);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  async #compare(): Promise<void> {
    try {
      const { viewerStates, others } = this.#options;
      const compareOthers = others.map((compare) => compare());
      await Promise.all([this.#compareFeeds(), this.#compareMemberships(), viewerStates.compare(), ...compareOthers]);
      this.#releaseWaiting();
    } catch (error) {
      this.#options.notRead.add(error);
    }
  }

  async #compareFeeds(): Promise<void> {
    // The positions are taken before the query, because a feed may move on while the query runs.
    const served = [...this.#options.feeds()].flatMap((feed) => {
      const { head, chatId } = feed;
      return head ? [{ feed, chatId, position: head.position, newest: head.event }] : [];
    });
    if (served.length === 0) return;
    const heads = await this.#options.log.heads(served);
    for (const { feed, chatId, position, newest } of served) {
      const { position: actual, event } = heads.get(chatId) ?? { position: 0, event: null };
      if (position > actual || (newest && event && !isSameEvent(newest, event))) feed.reset();
      else feed.fillUpTo(actual);
    }
  }

  async #compareMemberships(): Promise<void> {
    const { log, watches } = this.#options;
    const watched = watches.watched();
    if (watched.length === 0) return;
    const behind = watches.behind(await log.membershipVersions(watched));
    if (behind.length === 0) return;
    for (const memberships of await log.memberships(behind)) watches.announce(memberships.userId, memberships);
  }

  #releaseWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
