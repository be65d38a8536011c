/**
 * The users whom operations on this server have on screen. When a profile changes, whoever watches the user is told. An
 * item may be lost, as every ephemeral one.
 */
import type { PubSub, Unsubscribe } from '../pubsub/pubsub.ts';

type Listener = (userId: string) => void;

interface WatchedUser {
  listeners: Set<Listener>;
  subscribed: Promise<void>;
  unsubscribe: Unsubscribe;
}

export class ProfileWatches {
  readonly #pubsub: PubSub;
  readonly #users = new Map<string, WatchedUser>();

  constructor(pubsub: PubSub) {
    this.#pubsub = pubsub;
  }

  /** Calls the listener for each change of these users. `ready` resolves when none is missed any more. */
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
    // What changed is read when it is shown: the payload says nothing that the channel's name does not.
    const unsubscribe = await this.#pubsub.subscribe(`profile:${userId}`, () => {
      for (const listener of user.listeners) listener(userId);
    });
    if (this.#users.get(userId) === user) user.unsubscribe = unsubscribe;
    else unsubscribe();
  }

  #remove(userId: string, user: WatchedUser): void {
    if (this.#users.get(userId) === user) this.#users.delete(userId);
    user.unsubscribe();
  }
}
