/**
 * Derives from the notices of servers whether one user is online. Each server reports the devices that are connected to
 * it, and a report is valid for 75 seconds. Times are of this server's clock, because the clocks of servers differ.
 */
import type { Presence } from '../log/ephemeral.ts';
import type { PresenceNotice } from '../log/wire-format.ts';

/** Milliseconds for which a row is valid after its server wrote it. */
export const PRESENCE_LASTS = 75_000;

/** The presence of a user in the database. */
export interface StoredPresence {
  /** Whether the user shares their presence. A deleted account does not. */
  isShared: boolean;
  lastSeenAt: Date | null;
  /** The servers through which the user is online, and the age of each row; null if there are none. */
  servers: readonly { serverId: string; isActive: boolean; at: number; ageMs: number }[] | null;
}

interface Entry {
  /** Null after the user's last device has left the server. */
  isActive: boolean | null;
  /** The time of the report by the database's clock. It orders the reports of one server. */
  at: number;
  /** The time at which this server received it. */
  heard: number;
  until: number;
}

export const unknown: Presence = { status: 'UNKNOWN', lastSeenAt: null };

export class PresenceState {
  #isShared = false;
  #lastSeenAt: Date | null = null;
  readonly #servers = new Map<string, Entry>();

  /** Takes a report of a server. An older one may arrive later, and is ignored. */
  heard({ serverId, isActive, at }: PresenceNotice): void {
    const known = this.#servers.get(serverId);
    if (known && known.at > at) return;
    const heard = performance.now();
    this.#servers.set(serverId, { isActive, at, heard, until: heard + PRESENCE_LASTS });
    if (isActive === null) this.#sawUntil(at);
  }

  /** The user has begun or stopped to share their presence. */
  shared(isShared: boolean): void {
    this.#isShared = isShared;
    if (isShared) return;
    this.#servers.clear();
    this.#lastSeenAt = null;
  }

  /** Takes the result of a read. Reports that were received since the read began are newer, and stay. */
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

  /** Removes servers whose last report is no longer valid. */
  expire(): void {
    const now = performance.now();
    for (const [serverId, { until, at, isActive }] of this.#servers) {
      if (until > now) continue;
      this.#servers.delete(serverId);
      if (isActive !== null) this.#sawUntil(at);
    }
  }

  /** The time at which the next report becomes invalid; undefined if there is none. */
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

/** The presence that a fresh read shows. */
export function shownOf(stored: StoredPresence): Presence {
  const state = new PresenceState();
  state.read(stored, performance.now());
  return state.shown;
}

const MINUTE = 60_000;
const inMinutes = (time: Date | null): Date | null => time && new Date(Math.floor(time.getTime() / MINUTE) * MINUTE);
