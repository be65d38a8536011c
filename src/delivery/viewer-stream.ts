/**
 * The viewer state within one operation: first the changes that the client lacks, then each later one. Whenever the
 * user's version on this server differs from its cursor, it reads the rows that changed since, and it reads again only
 * after they are written. So a slow client delays nobody else, and gets the latest state of each row.
 */
import { type StreamItem } from '../log/event-types.ts';
import { viewerItem, viewerReset } from '../log/other-items.ts';
import type { ViewerPage } from '../viewer-state/viewer-changes.ts';
import { ViewerCursor } from '../viewer-state/viewer-cursor.ts';
import type { ViewerFeed, ViewerFeeds } from '../viewer-state/viewer-feeds.ts';

/** The operation that receives the state. */
export interface ViewerOperation {
  /** Resolves when the items are written, and the connection can take more. */
  deliver(items: StreamItem[]): Promise<void>;
  onFailed(error: unknown): void;
}

interface ViewerStreamOptions extends ViewerOperation {
  userId: string;
  /** The version that the client knows. */
  since: number;
  feeds: ViewerFeeds;
  read(after: number): Promise<ViewerPage>;
}

export class ViewerStream {
  readonly #options: ViewerStreamOptions;
  readonly #cursor: ViewerCursor;
  readonly #feed: ViewerFeed;
  readonly #closeFeed: () => void;
  #hasRead = false;
  #isLive = false;
  #isClosed = false;
  #catchingUp: Promise<void> | undefined;

  constructor(options: ViewerStreamOptions) {
    this.#options = options;
    this.#cursor = new ViewerCursor(options.since);
    ({ feed: this.#feed, close: this.#closeFeed } = options.feeds.open(options.userId, () => this.#changed()));
  }

  /** The version up to which the client has every row. */
  get version(): number {
    return this.#cursor.version;
  }

  get isBehind(): boolean {
    return !this.#isClosed && (!this.#hasRead || this.#cursor.version !== this.#feed.version);
  }

  /** Runs until the client lacks nothing. */
  catchUp(): Promise<void> {
    return (this.#catchingUp ??= this.#catchUp().finally(() => (this.#catchingUp = undefined)));
  }

  /** From now on every change is sent by itself. Call it in the same tick in which `isBehind` was false. */
  goLive(): void {
    this.#isLive = true;
  }

  close(): void {
    this.#isClosed = true;
    this.#closeFeed();
  }

  #changed(): void {
    if (this.#isLive && this.isBehind) this.catchUp().catch((error: unknown) => this.#options.onFailed(error));
  }

  async #catchUp(): Promise<void> {
    await this.#feed.subscribed;
    while (this.isBehind) {
      const page = await this.#options.read(this.#cursor.version);
      const answer = this.#cursor.read(page);
      if (answer.is === 'reset') {
        await this.#options.deliver([viewerReset(page.readAt)]);
        this.#cursor.reset();
        continue;
      }
      await this.#options.deliver(answer.changes.map((change) => viewerItem(change, page.readAt)));
      this.#cursor.reach(answer.upTo, answer.upTo === page.newest);
      this.#hasRead = true;
      this.#feed.reach(page.newest);
    }
  }
}
