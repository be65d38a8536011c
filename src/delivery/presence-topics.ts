/**
 * The users whom operations on this server have on screen. What each viewer may see is read when an operation begins,
 * and again when something may have ended it. Changes in between take no statement.
 */
import type DataLoader from 'dataloader';
import type { Statement } from '../database/statement.ts';
import type { PresenceHint, PresenceNotice } from '../log/wire-format.ts';
import type { DeliveryListener } from './delivery-listener.ts';
import { createLook, type Look } from './presence-look.ts';
import type { Acquaintance, Compared } from './presence-rows.ts';
import { PresenceSight, PresenceTopic } from './presence-topic.ts';
import type { UserWatches } from './user-watches.ts';

/** Maximum number of pairs that one comparison checks, so that its statement stays short. The next one goes on from there. */
const KNOWN = 10_000;

interface Options {
  statement: Statement;
  channels: UserWatches;
  receive(userId: string, payload: string): void;
  retryWhileAway<T>(read: () => Promise<T>): Promise<T>;
  /** Called if what a viewer may see could not be read again. Nothing more is sent to this viewer then. */
  onFailed(error: unknown): void;
}

interface OpenTopic {
  topic: PresenceTopic;
  channel: { ready: Promise<void>; close: () => void };
}

export class PresenceTopics {
  readonly #options: Options;
  readonly #topics = new Map<string, OpenTopic>();
  /** The sights by viewer. */
  readonly #ofViewers = new Map<string, Set<PresenceSight>>();
  readonly #look: DataLoader<PresenceSight, Look>;
  /** Where the next comparison goes on. */
  #nextKnown = 0;
  #expiry: { at: number; timer: NodeJS.Timeout } | undefined;
  /** Whether the database does not answer. Then a server without reports does not count as dead. */
  isBlind = false;

  constructor(options: Options) {
    this.#options = options;
    this.#look = createLook(options.statement, options.retryWhileAway);
  }

  get size(): number {
    return this.#topics.size;
  }

  /** Calls the listener for changes of these users. After `ready` has resolved, no change is missed. */
  watch<Rendered>(
    viewerId: string,
    userIds: readonly string[],
    listener: DeliveryListener<Rendered>,
  ): { ready: Promise<void>; close: () => void } {
    const opened = [...new Set(userIds)].map((userId) => this.#topics.get(userId) ?? this.#open(userId));
    const sights = opened.map(({ topic }) => new PresenceSight(viewerId, topic, listener));
    for (const sight of sights) {
      sight.topic.sights.add(sight);
      addTo(this.#ofViewers, viewerId, sight);
    }
    const begin = async () => {
      await Promise.all(opened.map(({ channel }) => channel.ready));
      await Promise.all(sights.map((sight) => this.#read(sight)));
    };
    return { ready: begin(), close: () => sights.forEach((sight) => this.#close(sight)) };
  }

  /** Takes a report of a server, or a hint that permissions to see the user have to be read again. */
  receive(userId: string, notice: PresenceNotice | PresenceHint): void {
    const topic = this.#topics.get(userId)?.topic;
    if ('apartFrom' in notice) return this.#doubt(topic?.sights, (sight) => sight.userId === notice.apartFrom);
    if ('left' in notice) return this.membershipEnded(notice.left, userId);
    if (!topic) return;
    if ('isShared' in notice) topic.state.shared(notice.isShared);
    else topic.state.heard(notice);
    this.#changed(topic);
  }

  /** A membership of a user, or without a user the whole chat, has ended. It is no longer a reason to send anything. */
  membershipEnded(chatId: string, userId?: string): void {
    const isConcerned = (sight: PresenceSight) => sight.chatId === chatId;
    if (userId === undefined)
      return [...this.#topics.values()].forEach(({ topic }) => this.#doubt(topic.sights, isConcerned));
    this.#doubt(this.#topics.get(userId)?.topic.sights, isConcerned);
    this.#doubt(this.#ofViewers.get(userId), isConcerned);
  }

  /** The input of a comparison, and a function that takes its result. */
  comparison(): { userIds: string[]; known: Acquaintance[]; apply: (compared: Compared) => void } {
    const began = performance.now();
    const all = [...this.#ofViewers.values()]
      .flatMap((own) => [...own])
      .filter(({ maySee, chatId }) => maySee && chatId);
    const from = this.#nextKnown < all.length ? this.#nextKnown : 0;
    const sights = all.slice(from, from + KNOWN);
    this.#nextKnown = from + KNOWN;
    return {
      userIds: [...this.#topics.keys()],
      known: sights.map(({ userId: viewerId, topic: { userId }, chatId }) => ({
        viewerId,
        userId,
        chatId: chatId ?? '',
      })),
      apply: ({ users, ended }) => {
        const over = new Set(ended.map((place) => sights[place]));
        this.#doubt(sights, (sight) => over.has(sight) && !sight.isClosed);
        for (const [userId, stored] of users) {
          const topic = this.#topics.get(userId)?.topic;
          topic?.state.read(stored, began);
          if (topic) this.#changed(topic);
        }
      },
    };
  }

  /** Viewers who may not see a user are checked again, because a permission may have begun while notices were lost. */
  lookAgain(): void {
    for (const own of this.#ofViewers.values()) this.#doubt(own, ({ maySee }) => !maySee);
  }

  stop(): void {
    clearTimeout(this.#expiry?.timer);
    for (const { topic, channel } of this.#topics.values()) {
      topic.close();
      channel.close();
    }
    this.#topics.clear();
  }

  #open(userId: string): OpenTopic {
    const { channels, receive } = this.#options;
    const open = { topic: new PresenceTopic(userId), channel: channels.watch([userId], receive) };
    this.#topics.set(userId, open);
    return open;
  }

  #close(sight: PresenceSight): void {
    sight.isClosed = true;
    const { topic, userId: viewerId } = sight;
    const own = this.#ofViewers.get(viewerId);
    if (own?.delete(sight) && own.size === 0) this.#ofViewers.delete(viewerId);
    topic.sights.delete(sight);
    const open = this.#topics.get(topic.userId);
    if (topic.sights.size > 0 || open?.topic !== topic) return;
    this.#topics.delete(topic.userId);
    topic.close();
    open.channel.close();
  }

  #doubt(sights: Iterable<PresenceSight> = [], isConcerned: (sight: PresenceSight) => boolean): void {
    for (const sight of sights) if (isConcerned(sight)) this.#read(sight).catch(this.#options.onFailed);
  }

  async #read(sight: PresenceSight): Promise<void> {
    const read = ++sight.reads;
    sight.isReading = true;
    const { began, seen } = await this.#look.load(sight);
    // Another ending arrived during the read.
    if (sight.reads !== read || sight.isClosed) return;
    sight.isReading = false;
    sight.maySee = seen?.maySee ?? false;
    sight.chatId = seen?.chatId ?? null;
    if (seen) sight.topic.state.read(seen.stored, began);
    sight.told ??= sight.shown;
    this.#changed(sight.topic);
  }

  #changed(topic: PresenceTopic): void {
    topic.changed();
    const end = topic.state.nextEnd;
    if (end !== undefined) this.#expireAt(end);
  }

  /** A user without a valid report is offline from the moment at which the last one became invalid. */
  #expireAt(at: number): void {
    if (this.#expiry && this.#expiry.at <= at) return;
    clearTimeout(this.#expiry?.timer);
    this.#expiry = { at, timer: setTimeout(() => this.#expire(), Math.max(at - performance.now(), 0) + 1) };
  }

  #expire(): void {
    this.#expiry = undefined;
    if (this.isBlind) return;
    for (const { topic } of this.#topics.values()) {
      topic.state.expire();
      this.#changed(topic);
    }
  }
}

function addTo(sets: Map<string, Set<PresenceSight>>, key: string, sight: PresenceSight): void {
  const set = sets.get(key);
  if (set) set.add(sight);
  else sets.set(key, new Set([sight]));
}
