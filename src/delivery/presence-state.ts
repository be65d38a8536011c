/**
 * Whether one user is online, from what servers say. Each server speaks for the devices that are connected to it, and is
 * believed for 75 seconds after it last spoke. Times are of this server's clock, because servers' clocks differ.
 */
import type { Presence } from '../log/event-types.ts';
import type { PresenceNotice } from '../log/wire-format.ts';

/** Milliseconds for which a row counts after its server wrote it. */
export const PRESENCE_LASTS = 75_000;

/** What the database says of a user. */
export interface StoredPresence {
  /** Whether the user shares their presence. A deleted account does not. */
  isShared: boolean;
  lastSeenAt: Date | null;
  /** The servers through which the user is online, and how old each row is. Null for none. */
  servers: readonly { serverId: string; isActive: boolean; at: number; ageMs: number }[] | null;
}

interface Entry {
  /** Null after the user's last device has left that server. */
  isActive: boolean | null;
  /** When that server said it, by the database's clock: orders what one server says. */
  at: number;
  /** When this server heard of it. */
  heard: number;
  until: number;
}

export const unknown: Presence = { status: 'UNKNOWN', lastSeenAt: null };

export class PresenceState {
  #isShared = false;
  #lastSeenAt: Date | null = null;
  readonly #servers = new Map<string, Entry>();

  /** A server tells of a change. What it said before may come later. */
  heard({ serverId, isActive, at }: PresenceNotice): void {
    const known = this.#servers.get(serverId);
    if (known && known.at > at) return;
    const heard = performance.now();
    this.#servers.set(serverId, { isActive, at, heard, until: heard + PRESENCE_LASTS });
    if (isActive === null) this.#sawUntil(at);
  }

  /** The user has begun or ended to share their presence. */
  shared(isShared: boolean): void {
    this.#isShared = isShared;
    if (isShared) return;
    this.#servers.clear();
    this.#lastSeenAt = null;
  }

  /** Takes over what was read. What was heard since the read began is newer, and stays. */
  read({ isShared, lastSeenAt, servers }: StoredPresence, began: number): void {
    this.#isShared = isShared;
    this.#lastSeenAt = lastSeenAt;
    for (const [serverId, { heard }] of this.#servers) if (heard < began) this.#servers.delete(serverId);
    for (const { serverId, isActive, at, ageMs } of servers ?? []) {
      const known = this.#servers.get(serverId);
      if (known && known.at >= at) continue;
      this.#servers.set(serverId, { isActive, at, heard: began, until: began + PRESENCE_LASTS - ageMs });
    }
  }

  /** Forgets servers that have said nothing for too long. */
  expire(): void {
    const now = performance.now();
    for (const [serverId, { until, at, isActive }] of this.#servers) {
      if (until > now) continue;
      this.#servers.delete(serverId);
      if (isActive !== null) this.#sawUntil(at);
    }
  }

  /** When the next server is believed no longer; undefined if there is none. */
  get nextEnd(): number | undefined {
    const present = [...this.#servers.values()].filter(({ isActive }) => isActive !== null);
    return present.length === 0 ? undefined : Math.min(...present.map(({ until }) => until));
  }

  get shown(): Presence {
    if (!this.#isShared) return unknown;
    const devices = [...this.#servers.values()].map(({ isActive }) => isActive);
    if (devices.includes(true)) return { status: 'ONLINE', lastSeenAt: null };
    if (devices.includes(false)) return { status: 'IDLE', lastSeenAt: null };
    return { status: 'OFFLINE', lastSeenAt: inMinutes(this.#lastSeenAt) };
  }

  #sawUntil(at: number): void {
    this.#lastSeenAt = new Date(Math.max(at, this.#lastSeenAt?.getTime() ?? 0));
  }
}

/** What a fresh read shows. */
export function shownOf(stored: StoredPresence): Presence {
  const state = new PresenceState();
  state.read(stored, performance.now());
  return state.shown;
}

const MINUTE = 60_000;
const inMinutes = (time: Date | null): Date | null => time && new Date(Math.floor(time.getTime() / MINUTE) * MINUTE);
