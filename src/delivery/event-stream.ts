/**
 * One subscription operation of one user. It replays the events that its client lacks, sends `CaughtUp`, and then
 * follows the feeds of its chats. It owns its subscriptions and its membership watch until it is closed.
 */
import { controlItem } from '../log/other-items.ts';
import type { ChatFeed } from './chat-feed.ts';
import { fromJoining, fromNow, type From, type Start } from './chat-subscription.ts';
import type { Broadcast, DeliveryListener, Subscriber, Subscription } from './delivery-listener.ts';
import type { Hub } from './hub.ts';
import type { MembershipWatch } from './membership-watches.ts';
import { isBehind, PAGE, replay, type Answer } from './replay.ts';
import { sendAlone } from './send-alone.ts';
import type { ViewerStream } from './viewer-stream.ts';

/** Maximum number of chats that the log line about a failed stream names. */
const NAMED = 10;

export interface StreamOptions<Rendered> {
  hub: Hub;
  userId: string;
  broadcast: Broadcast<Rendered>;
  subscriber: Subscriber<Rendered>;
  /** Given for a stream over all chats. A stream without it follows one chat and ends with it. */
  watch: MembershipWatch | undefined;
  /** The version of viewer state that the client knows. Without it the stream carries no viewer state. */
  viewerStateSince?: number | null | undefined;
}

/** A chat that the stream follows. */
interface FollowedChat<Rendered> {
  feed: ChatFeed;
  subscription: Subscription<Rendered>;
}

export class EventStream<Rendered = unknown> implements DeliveryListener<Rendered> {
  readonly broadcast: Broadcast<Rendered>;
  readonly subscriber: Subscriber<Rendered>;
  readonly #hub: Hub;
  readonly #userId: string;
  readonly #watch: MembershipWatch | undefined;
  readonly #viewer: ViewerStream | undefined;
  #phase: 'catching up' | 'live' | 'closed' = 'catching up';
  readonly #chats = new Map<string, FollowedChat<Rendered>>();
  /** The position at which each chat ended for this user. Join notices at or below it are stale and are ignored. */
  readonly #endedAt = new Map<string, number>();
  /** Join notices that wait until the initial catch-up, or the ending of an earlier membership, has been written. */
  readonly #heldJoins = new Map<string, number>();

  constructor({ hub, userId, broadcast, subscriber, watch, viewerStateSince }: StreamOptions<Rendered>) {
    [this.broadcast, this.subscriber] = [broadcast, subscriber];
    [this.#hub, this.#userId, this.#watch] = [hub, userId, watch];
    if (viewerStateSince == null) return;
    this.#viewer = hub.viewerStream(userId, viewerStateSince, {
      deliver: (items) => this.#send(items.map((item) => ({ item }))),
      onFailed: (error) => this.#fail(error),
    });
  }

  /** Starts to follow these chats. For each unknown id the client gets `ChatGone`. */
  start(starts: readonly Start[], unknownIds: readonly string[]): void {
    this.#begin(starts, unknownIds).catch((error: unknown) => this.#fail(error));
  }

  close(): void {
    this.#phase = 'closed';
    this.#watch?.close();
    this.#viewer?.close();
    for (const { feed, subscription } of this.#chats.values()) feed.remove(subscription);
    this.#chats.clear();
  }

  joined(chatId: string, position: number): void {
    const chat = this.#chats.get(chatId);
    if (!chat && this.#phase === 'live') {
      if (position > (this.#endedAt.get(chatId) ?? 0)) this.#subscribeAndCatchUp(chatId, fromJoining(position));
      return;
    }
    // A live subscription has received everything up to its feed's position, so this notice is old. One that replays
    // may still read an ending from before this joining, so that the notice must be kept.
    if (chat?.subscription.phase.is === 'live' && position <= (chat.feed.head?.position ?? 0)) return;
    this.#heldJoins.set(chatId, Math.max(position, this.#heldJoins.get(chatId) ?? 0));
  }

  endingsForgotten(): void {
    this.#endedAt.clear();
  }

  ended(subscription: Subscription<Rendered>): void {
    const { chatId, phase } = subscription;
    if (phase.is !== 'ended' || this.#chats.get(chatId)?.subscription !== subscription) return;
    this.#endedAt.set(chatId, phase.by.position);
    this.#drop(chatId);
  }

  reset({ chatId, known }: Subscription<Rendered>): void {
    this.#subscribeAndCatchUp(chatId, fromNow(known));
  }

  async #begin(starts: readonly Start[], unknownIds: readonly string[]): Promise<void> {
    this.#watch?.listen(this);
    const chats = starts.map(({ chatId, from }) => this.#subscribe(chatId, from));
    await Promise.all(chats.map(({ feed }) => feed.started));
    for (let i = 0; i < unknownIds.length && !this.#isClosed(); i += PAGE) {
      const page = unknownIds.slice(i, i + PAGE);
      await this.#send(page.map((unknownId) => ({ item: { ...controlItem('ChatGone'), unknownId } })));
    }
    let rendered: Rendered | null | undefined;
    do {
      await this.#catchUp(chats);
      await this.#viewer?.catchUp();
      // It is made again where more was written meanwhile, since it tells the version of what was.
      const caughtUp = { ...controlItem('CaughtUp'), version: this.#viewer?.version ?? 0 };
      [rendered] = await this.broadcast.render(this.broadcast.accepts(caughtUp) ? [caughtUp] : [], this.#userId);
    } while (chats.some(isBehind) || this.#viewer?.isBehind);
    if (this.#isClosed()) return;
    this.#phase = 'live';
    this.#viewer?.goLive();
    if (rendered) this.subscriber.write(rendered);
    for (const { feed, subscription } of chats) feed.goLive(subscription);
    for (const chatId of [...this.#heldJoins.keys()]) this.#releaseJoin(chatId);
  }

  #subscribe(chatId: string, from: From): FollowedChat<Rendered> {
    const feed = this.#hub.feed(chatId);
    const chat = { feed, subscription: feed.subscribe(this.#userId, this, from) };
    this.#chats.set(chatId, chat);
    return chat;
  }

  #subscribeAndCatchUp(chatId: string, from: From): void {
    if (this.#isClosed()) return;
    const chat = this.#subscribe(chatId, from);
    this.#catchUpAndGoLive(chat).catch((error: unknown) => this.#fail(error, chatId));
  }

  /** Goes live in the same tick in which the subscription has reached its feed's position, so no event is missed. */
  async #catchUpAndGoLive(chat: FollowedChat<Rendered>): Promise<void> {
    await chat.feed.started;
    while (isBehind(chat)) await this.#catchUp([chat]);
    if (!this.#isClosed()) chat.feed.goLive(chat.subscription);
  }

  async #catchUp(chats: readonly FollowedChat<Rendered>[]): Promise<void> {
    await replay(chats, {
      membershipsReadAt: this.#watch?.memberships.readAt,
      read: (wanted) => this.#hub.readPages(this.#userId, wanted, PAGE),
      deliver: (answers) => this.#deliver(answers),
    });
  }

  async #deliver(answers: readonly Answer<FollowedChat<Rendered>>[]): Promise<void> {
    for (const { chat, then } of answers) {
      if (then.is === 'replaying') chat.subscription.pageRead(then.position);
      if (then.is === 'ended') chat.feed.end(chat.subscription, then.by);
    }
    await this.#send(answers.flatMap(({ chat, items }) => items.map((item) => ({ item, of: chat.subscription }))));
    for (const { chat, then } of answers) {
      if (then.is === 'replaying') chat.subscription.pageWritten();
      if (then.is === 'ended') this.ended(chat.subscription);
      if (then.is === 'gone') this.#leave(chat);
    }
  }

  #send(shown: Parameters<typeof sendAlone>[1]): Promise<void> {
    const { broadcast, subscriber } = this;
    return sendAlone({ broadcast, subscriber, userId: this.#userId, isClosed: () => this.#isClosed() }, shown);
  }

  /** Stops following a chat of which the user receives nothing any more. */
  #leave({ feed, subscription }: FollowedChat<Rendered>): void {
    if (this.#chats.get(subscription.chatId)?.subscription !== subscription) return;
    feed.remove(subscription);
    this.#drop(subscription.chatId);
  }

  #drop(chatId: string): void {
    this.#chats.delete(chatId);
    if (this.#watch) this.#releaseJoin(chatId);
    else this.subscriber.end();
  }

  #releaseJoin(chatId: string): void {
    const position = this.#heldJoins.get(chatId);
    if (position === undefined || this.#isClosed()) return;
    this.#heldJoins.delete(chatId);
    this.joined(chatId, position);
  }

  /** Ends the stream after an error; the client subscribes again. */
  #fail(error: unknown, chatId?: string): void {
    const chatIds = chatId === undefined ? [...this.#chats.keys()].slice(0, NAMED) : [chatId];
    if (!this.#isClosed()) this.#hub.failedReplay(error, { operation: this.broadcast.operation, chatIds });
    this.close();
    this.subscriber.end();
  }

  #isClosed(): boolean {
    return this.#phase === 'closed';
  }
}
