/**
 * The users with a device at this server: with an open operation `ephemeral`. When the first device of a user arrives
 * or the last one leaves, and when one begins or ends to be used, that is written and published. In between the
 * comparison renews the row.
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
  /** Called if a change could not be written. The next comparison writes it. */
  onFailed(error: unknown): void;
}

interface OwnUser {
  devices: Set<{ isActive: boolean }>;
  isActive: boolean | null;
  /** The number of changes so far. Each has to be written. */
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

  /** Opens a device of the user until `close`. `ready` resolves when others may see it. */
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

  /** The users whose rows must exist, and their state. */
  held(): Held[] {
    return [...this.#users].flatMap(([userId, { isActive }]) => (isActive === null ? [] : [{ userId, isActive }]));
  }

  /** A user who shares their presence again is shown at once. */
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
    user.writing ??= this.#writeAll(userId, user);
  }

  /** The statements of a user run one after another, so that the last change is written last. */
  async #writeAll(userId: string, user: OwnUser): Promise<void> {
    for (let written = 0; written !== user.changes;) {
      written = user.changes;
      const { isActive } = user;
      const at = await this.#hold.load({ userId, isActive }).catch(this.#options.onFailed);
      if (at) this.#options.publish(userId, { isActive, at: at.getTime() });
    }
    user.writing = undefined;
    if (user.isActive !== null || user.devices.size > 0) return;
    user.channel.close();
    this.#users.delete(userId);
  }
}
