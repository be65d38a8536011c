/**
 * One user whom operations on this server have on screen, and the viewers. The first change is sent at once, and then
 * at most one a second. It is rendered once for all viewers who may see it.
 */
import { groupBy } from '../group-by.ts';
import type { Presence } from '../log/ephemeral.ts';
import type { StreamItem } from '../log/event-types.ts';
import { presenceItem } from '../log/other-items.ts';
import type { DeliveryListener, Recipient } from './delivery-listener.ts';
import { PresenceState, unknown } from './presence-state.ts';

/** Minimum milliseconds between two items about a user. */
const PAUSE = 1_000;

/** One operation that has one user on screen. */
export class PresenceSight<Rendered = unknown> implements Recipient<Rendered> {
  /** The viewer. */
  readonly userId: string;
  readonly topic: PresenceTopic;
  readonly listener: DeliveryListener<Rendered>;
  /** A chat of both, which is why the viewer may see the user. */
  chatId: string | null = null;
  maySee = false;
  /** The number of reads that were begun. While a read of the permission runs, nothing is sent. */
  reads = 0;
  isReading = false;
  isClosed = false;
  /** The last state that was sent. It is undefined until the first read, after which clients query the presence. */
  told: Presence | undefined;

  constructor(viewerId: string, topic: PresenceTopic, listener: DeliveryListener<Rendered>) {
    this.userId = viewerId;
    this.topic = topic;
    this.listener = listener;
  }

  get shown(): Presence {
    return this.maySee ? this.topic.state.shown : unknown;
  }

  acceptsLive({ presence }: StreamItem): boolean {
    return !this.isClosed && (presence === unknown || (this.maySee && !this.isReading));
  }
}

export class PresenceTopic {
  readonly userId: string;
  readonly state = new PresenceState();
  readonly sights = new Set<PresenceSight>();
  #pause: NodeJS.Timeout | undefined;

  constructor(userId: string) {
    this.userId = userId;
  }

  /** Called when the state, or what some viewers may see of it, may have changed. */
  changed(): void {
    if (!this.#pause) this.#tell();
  }

  close(): void {
    clearTimeout(this.#pause);
  }

  #tell(): void {
    this.#pause = undefined;
    const behind = [...this.sights].filter(
      (sight) => !sight.isReading && sight.told && !isSame(sight.told, sight.shown),
    );
    if (behind.length === 0) return;
    this.#pause = setTimeout(() => this.#tell(), PAUSE);
    for (const [isUnknown, sights] of groupBy(behind, ({ shown }) => shown === unknown)) {
      const shown = isUnknown ? unknown : this.state.shown;
      const item = presenceItem(this.userId, shown);
      for (const sight of sights) sight.told = shown;
      for (const [broadcast, own] of groupBy(sights, ({ listener }) => listener.broadcast)) {
        if (broadcast.accepts(item)) void broadcast.send(item, own);
      }
    }
  }
}

const isSame = (one: Presence, other: Presence): boolean =>
  one.status === other.status && one.lastSeenAt?.getTime() === other.lastSeenAt?.getTime();
