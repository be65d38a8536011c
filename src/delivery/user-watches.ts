/**
 * Subscribes to one kind of channel, such as `profile:<id>`, for users whom this server watches. Payloads may be lost,
 * because they are ephemeral.
 */
import type { PubSub, Unsubscribe } from '../pubsub/pubsub.ts';

type Listener = (userId: string, payload: string) => void;

interface WatchedUser {
  listeners: Set<Listener>;
  subscribed: Promise<void>;
  unsubscribe: Unsubscribe;
}

export class UserWatches {
  readonly #pubsub: PubSub;
  readonly #kind: 'profile' | 'presence';
  readonly #users = new Map<string, WatchedUser>();

  constructor(pubsub: PubSub, kind: 'profile' | 'presence') {
    this.#pubsub = pubsub;
    this.#kind = kind;
  }

  /** Calls the listener for each payload about these users. After `ready` has resolved, none is missed. */
  watch(userIds: readonly string[], listener: Listener): { ready: Promise<void>; close: () => void } {
    const watched = [...new Set(userIds)].map((userId) => ({
      userId,
      user: this.#users.get(userId) ?? this.#add(userId),
    }));
    for (const { user } of watched) user.listeners.add(listener);
    return {
      ready: Promise.all(watched.map(({ user }) => user.subscribed)).then(() => undefined),
      close: () => {
        for (const { userId, user } of watched) {
          if (user.listeners.delete(listener) && user.listeners.size === 0) this.#remove(userId, user);
        }
      },
    };
  }

  stop(): void {
    for (const [userId, user] of this.#users) this.#remove(userId, user);
  }

  #add(userId: string): WatchedUser {
    const user: WatchedUser = { listeners: new Set(), subscribed: Promise.resolve(), unsubscribe: () => {} };
    this.#users.set(userId, user);
    user.subscribed = this.#subscribe(userId, user);
    return user;
  }

  async #subscribe(userId: string, user: WatchedUser): Promise<void> {
    const unsubscribe = await this.#pubsub.subscribe(`${this.#kind}:${userId}`, (payload) => {
      for (const listener of user.listeners) listener(userId, payload);
    });
    if (this.#users.get(userId) === user) user.unsubscribe = unsubscribe;
    else unsubscribe();
  }

  #remove(userId: string, user: WatchedUser): void {
    if (this.#users.get(userId) === user) this.#users.delete(userId);
    user.unsubscribe();
  }
}
