/**
 * Watches the memberships of each user who has a stream over all chats on this server, from the first of these streams
 * until the last has closed. A new membership is noticed by Redis, by the chat's feed or by the comparison with the
 * database, so that a watcher may be told of it more than once.
 */
import type { CountedLine } from '../counted-line.ts';
import type { LogReader, Memberships } from '../log/log-reader.ts';
import { decodeJoined } from '../log/wire-format.ts';
import type { PubSub, Unsubscribe } from '../pubsub/pubsub.ts';
import { required } from '../required.ts';
import { decodeOr } from './decode.ts';
import type { DeliveryListener } from './delivery-listener.ts';

type Listener = Pick<DeliveryListener, 'joined' | 'endingsForgotten'>;

/** A stream's view of its user's memberships: those that were read, and each that begins later. */
export interface MembershipWatch {
  readonly memberships: Memberships;
  /** Tells the listener of each membership that begins; of those that began after `memberships` were read, at once. */
  listen(listener: Listener): void;
  close(): void;
}

interface WatchedUser {
  watchers: Set<Watcher>;
  /** How many memberships of the user have begun, as far as all watchers know; undefined until one has read it. */
  version: number | undefined;
  /** Whether the next comparison tells the watchers of all memberships. */
  isStale: boolean;
  subscribed: Promise<void>;
  unsubscribe: Unsubscribe;
}

export interface WatchesOptions {
  log: Pick<LogReader, 'memberships'>;
  pubsub: PubSub;
  notUnderstood: CountedLine;
}

export class MembershipWatches {
  readonly #options: WatchesOptions;
  readonly #users = new Map<string, WatchedUser>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#users.size;
  }

  /** Reads the user's memberships after the watch is subscribed, so that none is missed between the two. */
  async open(userId: string): Promise<MembershipWatch> {
    const user = this.#users.get(userId) ?? this.#add(userId);
    const watcher = new Watcher();
    user.watchers.add(watcher);
    const close = () => this.#close(userId, user, watcher);
    try {
      await user.subscribed;
      const [own] = await this.#options.log.memberships([userId]);
      // Several watchers may read at once. The lowest version is kept, so that the comparison announces again
      // everything that one of them could have missed.
      if (own) user.version = Math.min(user.version ?? own.version, own.version);
      const memberships = own ?? { version: 0, readAt: new Date(), chats: [] };
      return { memberships, listen: (listener) => watcher.listen(listener), close };
    } catch (error) {
      close();
      throw error;
    }
  }

  notifyJoined(userId: string, chatId: string, position: number): void {
    for (const watcher of this.#users.get(userId)?.watchers ?? []) watcher.joined(chatId, position);
  }

  /** After a restore, endings that were delivered may be lost: the next comparison announces all memberships again. */
  forgetEndings(): void {
    for (const user of this.#users.values()) {
      user.isStale = true;
      for (const watcher of user.watchers) watcher.endingsForgotten();
    }
  }

  /** Users whose memberships some watcher has read. */
  watched(): string[] {
    return [...this.#users].flatMap(([userId, { version }]) => (version === undefined ? [] : [userId]));
  }

  /** The users of whose memberships the watchers may have missed one, by the versions in the database. */
  behind(versions: ReadonlyMap<string, number>): string[] {
    return this.watched().filter((userId) => {
      const { version, isStale } = required(this.#users.get(userId));
      return isStale || version !== (versions.get(userId) ?? 0);
    });
  }

  /** Tells the watchers of all memberships, as they were just read. */
  announce(userId: string, { version, chats }: Memberships): void {
    const user = this.#users.get(userId);
    if (!user) return;
    user.version = version;
    user.isStale = false;
    for (const { chatId, joinedPosition } of chats) this.notifyJoined(userId, chatId, joinedPosition);
  }

  stop(): void {
    for (const { unsubscribe } of this.#users.values()) unsubscribe();
    this.#users.clear();
  }

  #add(userId: string): WatchedUser {
    const user: WatchedUser = {
      watchers: new Set(),
      version: undefined,
      isStale: false,
      subscribed: Promise.resolve(),
      unsubscribe: () => {},
    };
    this.#users.set(userId, user);
    user.subscribed = this.#subscribe(userId, user);
    return user;
  }

  async #subscribe(userId: string, user: WatchedUser): Promise<void> {
    const { pubsub, notUnderstood } = this.#options;
    const unsubscribe = await pubsub.subscribe(`user:${userId}`, (payload) => {
      const joined = decodeOr(notUnderstood, () => decodeJoined(payload));
      if (joined) this.notifyJoined(userId, joined.chatId, joined.position);
    });
    if (this.#users.get(userId) === user) user.unsubscribe = unsubscribe;
    else unsubscribe();
  }

  #close(userId: string, user: WatchedUser, watcher: Watcher): void {
    user.watchers.delete(watcher);
    if (user.watchers.size > 0 || this.#users.get(userId) !== user) return;
    this.#users.delete(userId);
    user.unsubscribe();
  }
}

/** Keeps memberships until a listener is set, and then passes them on. */
class Watcher {
  #listener: Listener | undefined;
  readonly #held: [chatId: string, position: number][] = [];

  listen(listener: Listener): void {
    this.#listener = listener;
    for (const [chatId, position] of this.#held.splice(0)) listener.joined(chatId, position);
  }

  joined(chatId: string, position: number): void {
    if (this.#listener) this.#listener.joined(chatId, position);
    else this.#held.push([chatId, position]);
  }

  endingsForgotten(): void {
    this.#listener?.endingsForgotten();
  }
}
