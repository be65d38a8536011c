/**
 * The users with a device at this server: with an open operation `ephemeral`. The first and the last device of a user,
 * and whether one is used, are written and published; in between the comparison keeps the row young.
 */
import DataLoader from 'dataloader';
import type { PresenceHint, PresenceNotice } from '../log/wire-format.ts';
import type { Held } from './presence-rows.ts';
import type { UserWatches } from './user-watches.ts';

/** Milliseconds for which a user stays online after the last device has left, so that nobody sees a page reload. */
const LINGERS = 15_000;
/** Maximum number of users in one statement. */
const BATCH = 1_000;

interface Options {
  hold(held: readonly Held[]): Promise<Map<string, Date>>;
  publish(userId: string, change: Pick<PresenceNotice, 'isActive' | 'at'>): void;
  channels: UserWatches;
  receive(userId: string, payload: string): void;
  /** Called when a change could not be written. The next comparison writes it. */
  onFailed(error: unknown): void;
}

interface OwnUser {
  devices: Set<{ isActive: boolean }>;
  isActive: boolean | null;
  /** Counts the changes, each of which is to be written. */
  changes: number;
  writing: Promise<void> | undefined;
  leaving: NodeJS.Timeout | undefined;
  channel: { ready: Promise<void>; close: () => void };
}

export class OwnPresence {
  readonly #options: Options;
  readonly #users = new Map<string, OwnUser>();
  readonly #hold: DataLoader<Held, Date | null>;

  constructor(options: Options) {
    this.#options = options;
    this.#hold = new DataLoader(
      async (held) => {
        const written = await options.hold(held);
        return held.map(({ userId }) => written.get(userId) ?? null);
      },
      { cache: false, maxBatchSize: BATCH },
    );
  }

  /** A device of the user is there until `close`. `ready` resolves when others may see it. */
  open(userId: string, isActive: boolean): { ready: Promise<void>; close: () => void } {
    const user = this.#users.get(userId) ?? this.#add(userId);
    const device = { isActive };
    user.devices.add(device);
    this.#devicesChanged(userId, user);
    return {
      ready: Promise.all([user.channel.ready, user.writing]).then(() => undefined),
      close: () => {
        user.devices.delete(device);
        this.#devicesChanged(userId, user);
      },
    };
  }

  /** Everybody whose row is to be there. */
  held(): Held[] {
    return [...this.#users].flatMap(([userId, { isActive }]) => (isActive === null ? [] : [{ userId, isActive }]));
  }

  /** Whoever shares their presence again is shown at once. */
  receive(userId: string, notice: PresenceNotice | PresenceHint): void {
    const user = this.#users.get(userId);
    if (user && 'isShared' in notice && notice.isShared) this.#write(userId, user);
  }

  stop(): void {
    for (const user of this.#users.values()) {
      clearTimeout(user.leaving);
      user.channel.close();
    }
    this.#users.clear();
  }

  #add(userId: string): OwnUser {
    const { channels, receive } = this.#options;
    const channel = channels.watch([userId], receive);
    const user = {
      devices: new Set<never>(),
      isActive: null,
      changes: 0,
      writing: undefined,
      leaving: undefined,
      channel,
    };
    this.#users.set(userId, user);
    return user;
  }

  #devicesChanged(userId: string, user: OwnUser): void {
    if (this.#users.get(userId) !== user) return;
    clearTimeout(user.leaving);
    if (user.devices.size === 0) user.leaving = setTimeout(() => this.#become(userId, user, null), LINGERS);
    else
      this.#become(
        userId,
        user,
        [...user.devices].some(({ isActive }) => isActive),
      );
  }

  #become(userId: string, user: OwnUser, isActive: boolean | null): void {
    if (user.isActive === isActive) return;
    user.isActive = isActive;
    this.#write(userId, user);
  }

  #write(userId: string, user: OwnUser): void {
    user.changes += 1;
    user.writing ??= this.#writeAll(userId, user).finally(() => (user.writing = undefined));
  }

  /** One statement after the other, so that the last one written is the last change. */
  async #writeAll(userId: string, user: OwnUser): Promise<void> {
    for (let written = 0; written !== user.changes;) {
      written = user.changes;
      const { isActive } = user;
      const at = await this.#hold.load({ userId, isActive }).catch(this.#options.onFailed);
      if (at) this.#options.publish(userId, { isActive, at: at.getTime() });
    }
    if (user.isActive !== null || user.devices.size > 0) return;
    user.channel.close();
    this.#users.delete(userId);
  }
}
