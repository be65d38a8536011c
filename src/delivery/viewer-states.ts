/** Follows the viewer state of the users who subscribe on this server. */
import DataLoader from 'dataloader';
import type { CountedLine } from '../counted-line.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import type { ViewerChangesReader, ViewerPage } from '../viewer-state/viewer-changes.ts';
import { ViewerFeeds } from '../viewer-state/viewer-feeds.ts';
import { decodeHint } from '../viewer-state/viewer-hint.ts';
import { decodeOr } from './decode.ts';
import { ViewerStream, type ViewerOperation } from './viewer-stream.ts';

/** Maximum number of users whose viewer state is read in one statement. */
const BATCH = 100;

interface ViewerStatesOptions {
  changes: ViewerChangesReader;
  pubsub: PubSub;
  notUnderstood: CountedLine;
  retryWhileAway<T>(read: () => Promise<T>): Promise<T>;
}

export class ViewerStates {
  readonly #options: ViewerStatesOptions;
  readonly #feeds: ViewerFeeds;
  readonly #pages: DataLoader<{ userId: string; after: number }, ViewerPage>;

  constructor(options: ViewerStatesOptions) {
    const { changes, pubsub, notUnderstood } = options;
    this.#options = options;
    // Reads of several users in the same tick become one statement.
    this.#pages = new DataLoader((wanted) => changes.after(wanted), { cache: false, maxBatchSize: BATCH });
    this.#feeds = new ViewerFeeds((userId, onVersion) =>
      pubsub.subscribe(`viewer:${userId}`, (payload) => {
        const hint = decodeOr(notUnderstood, () => decodeHint(payload));
        if (hint) onVersion(hint.version);
      }),
    );
  }

  /** Number of users whose state is followed. */
  get size(): number {
    return this.#feeds.size;
  }

  /** Follows the user's state for one operation, after the version that the client knows. */
  follow(userId: string, since: number, operation: ViewerOperation): ViewerStream {
    const read = (after: number) => this.#options.retryWhileAway(() => this.#pages.load({ userId, after }));
    return new ViewerStream({ ...operation, userId, since, feeds: this.#feeds, read });
  }

  /** Compares the versions of all followed users with the database, in one query. */
  async compare(): Promise<void> {
    const known = this.#feeds.known();
    if (known.length === 0) return;
    const versions = await this.#options.changes.versions(known.map(({ userId }) => userId));
    for (const { userId, feed, version } of known) {
      const actual = versions.get(userId) ?? 0;
      if (version > actual) feed.goBack(actual);
      else feed.reach(actual);
    }
  }

  stop(): void {
    this.#feeds.stop();
  }
}
