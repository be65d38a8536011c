/**
 * Tails the log of one chat on this server, and delivers each event once, in the order of the log. It creates and owns
 * the chat's subscriptions. The hub opens it for the first of them, and it closes when the last has ended or left.
 */
import type { Logger } from 'pino';
import { groupBy } from '../group-by.ts';
import { eventTypes, toStreamItem, type LogEvent } from '../log/event-types.ts';
import type { Head } from '../log/log-reader.ts';
import type { Published } from '../log/wire-format.ts';
import { required } from '../required.ts';
import { ChatSubscription, type From } from './chat-subscription.ts';
import type { Broadcast, DeliveryListener, Subscription } from './delivery-listener.ts';
import { LogTail, type TailOptions } from './log-tail.ts';

export interface FeedOptions extends Omit<TailOptions, 'prepare' | 'onMismatch'> {
  logger: Logger;
  /** Called with each event once it is delivered. */
  onDelivered(event: LogEvent): void;
  /** Called when a membership begins, so that the user's streams over all chats subscribe to this chat. */
  onJoined(userId: string, position: number): void;
  /** Called once, when the feed has closed. */
  onClosed(): void;
}

export class ChatFeed {
  readonly chatId: string;
  /**
   * Resolves when the feed has started, or has been closed before it could. While the database is away it stays
   * pending. It rejects if the server stops first.
   */
  readonly started: Promise<void>;
  readonly #options: FeedOptions;
  readonly #tail: LogTail;
  /** The subscriptions that receive live events, by broadcast. */
  readonly #live = new Map<Broadcast, Set<Subscription>>();
  /** All subscriptions, also those that still replay: an ending concerns them too. */
  readonly #byUser = new Map<string, Set<Subscription>>();
  #memberCount: number | undefined;
  #isClosed = false;
  #resolveStarted = () => {};
  #rejectStarted: (error: unknown) => void = () => {};

  constructor(options: FeedOptions) {
    this.chatId = options.chatId;
    this.#options = options;
    this.#tail = new LogTail({
      ...options,
      prepare: (published) => this.#prepare(published),
      onMismatch: () => this.reset(),
    });
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    // Subscribers that await the start handle its failure. This avoids an unhandled rejection when nobody does.
    this.started.catch(() => undefined);
  }

  /** How many members the chat has, for one of whom this feed knows that they are a member; undefined for others. */
  memberCountFor(userId: string): number | undefined {
    const own = this.#byUser.get(userId) ?? [];
    return [...own].some(({ phase }) => phase.is === 'live') ? this.#memberCount : undefined;
  }

  /** The newest event that was delivered; undefined until the feed has started. */
  get head(): Head | undefined {
    return this.#tail.head;
  }

  startAt(head: Head): void {
    this.#memberCount = head.memberCount;
    this.#tail.startAt(head);
    this.#resolveStarted();
  }

  /** Closes the feed because it cannot start: the server stops. */
  fail(error: unknown): void {
    this.#rejectStarted(error);
    this.close();
  }

  subscribe<Rendered>(userId: string, listener: DeliveryListener<Rendered>, from: From): Subscription<Rendered> {
    const subscription = new ChatSubscription(this.chatId, userId, listener, from);
    add(this.#byUser, userId, subscription);
    return subscription;
  }

  /** From now on the subscription receives live events. Its cursor must have reached the feed's position. */
  goLive(subscription: Subscription): void {
    subscription.goLive();
    if (subscription.phase.is === 'live') add(this.#live, subscription.listener.broadcast, subscription);
  }

  /** Ends the subscription by an ending that was read from the log. */
  end(subscription: Subscription, by: LogEvent): void {
    subscription.endingRead(by);
    this.#forget(subscription);
  }

  remove(subscription: Subscription): void {
    subscription.leave();
    this.#forget(subscription);
  }

  receive(published: Published): void {
    this.#tail.receive(published);
  }

  /** The log is known to reach this position: missing events up to it are awaited and then read. */
  fillUpTo(position: number): void {
    this.#tail.fillUpTo(position);
  }

  /** Closes a feed that contradicts the log, and tells its subscriptions to begin anew in the chat's next feed. */
  reset(): void {
    if (this.#isClosed) return;
    const { chatId } = this;
    this.#options.logger.warn({ chatId, position: this.head?.position }, 'feed does not fit the log: beginning anew');
    const subscriptions = [...this.#subscriptions()];
    this.close();
    for (const subscription of subscriptions) {
      subscription.leave();
      subscription.listener.reset(subscription);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#tail.close();
    this.#resolveStarted();
    this.#options.onClosed();
  }

  *#subscriptions(): Iterable<Subscription> {
    for (const ofUser of this.#byUser.values()) yield* ofUser;
  }

  #forget(subscription: Subscription): void {
    drop(this.#live, subscription.listener.broadcast, subscription);
    drop(this.#byUser, subscription.userId, subscription);
    if (this.#byUser.size === 0) this.close();
  }

  /** Finds out which subscriptions receive the event, which can fail. The returned function delivers it. */
  #prepare({ event, snapshot, requestId }: Published): () => void {
    const concerned = this.#concernedBy(event);
    const ended = concerned.filter((subscription) => subscription.isEndedBy(event));
    const endings = [...groupBy(ended, ({ listener }) => listener.broadcast)].map(([broadcast, subscriptions]) => {
      const item = toStreamItem(event, event.userId !== null, snapshot);
      return { broadcast, subscriptions, item, isAccepted: broadcast.accepts(item) };
    });
    const item = toStreamItem(event, false, snapshot);
    const live = [...this.#live].filter(([broadcast]) => broadcast.accepts(item));
    return () => {
      for (const subscription of concerned) subscription.endingPassed(event);
      for (const subscription of ended) this.#forget(subscription);
      for (const { broadcast, subscriptions, item: ending, isAccepted } of endings) {
        const written = isAccepted ? broadcast.send(ending, subscriptions) : Promise.resolve();
        for (const subscription of subscriptions) {
          void written.then(() => subscription.listener.ended(subscription));
        }
      }
      for (const [broadcast, subscriptions] of live) {
        if (subscriptions.size > 0) void broadcast.send(item, subscriptions);
      }
      if (event.type === 'CHAT_DELETED') this.#logDeletion(event, requestId, ended.length);
      if (this.#memberCount !== undefined) this.#memberCount += joining(event);
      this.#options.onDelivered(event);
      if (event.type === 'MEMBER_ADDED') this.#options.onJoined(event.userId, event.position);
    };
  }

  #logDeletion({ chatId, position }: LogEvent, requestId: string | undefined, subscribers: number): void {
    this.#options.logger.info({ requestId, chatId, position, subscribers }, 'told the subscribers here of a deletion');
  }

  /** The subscriptions of users whose membership the event ends, live or not. */
  #concernedBy(event: LogEvent): Subscription[] {
    const entry = eventTypes[event.type];
    if (!('ends' in entry)) return [];
    if (entry.ends === 'everyone') return [...this.#subscriptions()];
    return [...(this.#byUser.get(required(event.userId)) ?? [])];
  }
}

const joining = ({ type }: LogEvent): number => (type === 'MEMBER_ADDED' ? 1 : type === 'MEMBER_REMOVED' ? -1 : 0);

function add<Key>(sets: Map<Key, Set<Subscription>>, key: Key, subscription: Subscription): void {
  const set = sets.get(key);
  if (set) set.add(subscription);
  else sets.set(key, new Set([subscription]));
}

function drop<Key>(sets: Map<Key, Set<Subscription>>, key: Key, subscription: Subscription): void {
  const set = sets.get(key);
  if (set?.delete(subscription) && set.size === 0) sets.delete(key);
}
