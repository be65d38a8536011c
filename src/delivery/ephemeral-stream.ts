/**
 * One operation of `ephemeral(chatIds:)`. It receives the ephemeral items of its chats, such as receipts that rise. It
 * also has a subscription in the feed of each chat, so that it stops exactly at the event that ends its user's
 * membership.
 */
import type { StreamItem } from '../log/event-types.ts';
import { controlItem, isEphemeral } from '../log/other-items.ts';
import { userUpdated } from '../log/profile-item.ts';
import type { ChatFeed } from './chat-feed.ts';
import { fromKnown, fromNow, type From } from './chat-subscription.ts';
import type { Broadcast, DeliveryListener, Subscriber, Subscription } from './delivery-listener.ts';
import type { EphemeralTopics } from './ephemeral-topics.ts';
import type { Hub } from './hub.ts';
import { LivePlan } from './live-plan.ts';
import { LossySubscriber } from './lossy-subscriber.ts';
import type { Presence } from './presence.ts';
import { isBehind, PAGE, replay, type Answer } from './replay.ts';
import { sendAlone } from './send-alone.ts';

interface EphemeralOptions {
  hub: Hub;
  topics: EphemeralTopics;
  presence: Presence;
  userId: string;
  /** Whether somebody uses the device. */
  isActive: boolean;
  /** Chats of the user, with the positions at which they were read. */
  chats: readonly { chatId: string; position: number }[];
  /** Users on screen. */
  userIds: readonly string[];
}

interface WatchedChat<Rendered> {
  feed: ChatFeed;
  subscription: Subscription<Rendered>;
}

export class EphemeralPlan extends LivePlan {
  readonly #options: EphemeralOptions;

  constructor(options: EphemeralOptions) {
    super(isEphemeral);
    this.#options = options;
  }

  start<Rendered>(broadcast: Broadcast<Rendered>, subscriber: Subscriber<Rendered>): EphemeralStream<Rendered> {
    return new EphemeralStream(this.#options, broadcast, subscriber);
  }
}

class EphemeralStream<Rendered> implements DeliveryListener<Rendered> {
  readonly broadcast: Broadcast<Rendered>;
  readonly subscriber: Subscriber<Rendered>;
  readonly #options: EphemeralOptions;
  readonly #chats = new Map<string, WatchedChat<Rendered>>();
  readonly #unwatch: () => void;
  readonly #profiles: { ready: Promise<void>; close: () => void };
  readonly #presence: { ready: Promise<void>; close: () => void };
  #isClosed = false;

  constructor(options: EphemeralOptions, broadcast: Broadcast<Rendered>, subscriber: Subscriber<Rendered>) {
    const { topics, presence, chats, userIds } = options;
    this.#options = options;
    this.broadcast = broadcast;
    this.subscriber = new LossySubscriber(subscriber, {
      onDropped: () => topics.dropped++,
      onRecovered: () => this.mayHaveLost(),
    });
    this.#unwatch = topics.watch(this);
    this.#profiles = topics.profiles.watch(userIds, (userId) => this.#sendAlone(userUpdated(userId)));
    this.#presence = presence.open(options, this);
    const followed = chats.map(({ chatId, position }) => this.#follow(chatId, fromKnown(position)));
    Promise.all([...followed, this.#profiles.ready, this.#presence.ready])
      .then(() => this.mayHaveLost())
      .catch((error: unknown) => this.#fail(error));
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    this.#profiles.close();
    this.#presence.close();
    for (const chat of this.#chats.values()) this.#leave(chat);
  }

  ended({ chatId }: Subscription<Rendered>): void {
    const chat = this.#chats.get(chatId);
    if (chat) this.#leave(chat);
  }

  /** Items that arrive while the chat is followed anew are lost; `EphemeralReady` then tells the client so. */
  reset(subscription: Subscription<Rendered>): void {
    this.#options.topics.leave(subscription);
    this.#follow(subscription.chatId, fromNow(true))
      .then(() => this.mayHaveLost())
      .catch((error: unknown) => this.#fail(error));
  }

  /** A user who is added again must start a new operation. */
  joined(): void {}

  endingsForgotten(): void {}

  /** Sends `EphemeralReady`: the client is live from here on, and earlier items may have been lost. */
  mayHaveLost(): void {
    const typing = [...this.#chats.values()].flatMap(({ subscription }) => {
      const item = this.#options.topics.typing(subscription.chatId);
      return item ? [{ item, of: subscription }] : [];
    });
    this.#sendAlone(controlItem('EphemeralReady'), typing);
  }

  #sendAlone(item: StreamItem, more: Parameters<typeof sendAlone>[1] = []): void {
    const { broadcast, subscriber } = this;
    const recipient = { broadcast, subscriber, userId: this.#options.userId, isClosed: () => this.#isClosed };
    sendAlone(recipient, [{ item }, ...more]).catch((error: unknown) => this.#fail(error));
  }

  async #follow(chatId: string, from: From): Promise<void> {
    if (this.#isClosed) return;
    const { hub, topics, userId } = this.#options;
    const feed = hub.feed(chatId);
    const chat = { feed, subscription: feed.subscribe(userId, this, from) };
    this.#chats.set(chatId, chat);
    await Promise.all([feed.started, topics.join(chat.subscription)]);
    while (isBehind(chat)) {
      await replay([chat], {
        membershipsReadAt: undefined,
        read: (wanted) => hub.readPages(userId, wanted, PAGE),
        deliver: async (answers) => this.#passOver(answers),
      });
    }
    feed.goLive(chat.subscription);
  }

  /** Ignores all events that were read from the log, except an ending. */
  #passOver(answers: readonly Answer<WatchedChat<Rendered>>[]): void {
    for (const { chat, then } of answers) {
      if (then.is === 'replaying') chat.subscription.pageRead(then.position);
      else if (then.is === 'ended') chat.feed.end(chat.subscription, then.by);
      if (then.is !== 'replaying') this.#leave(chat);
    }
  }

  #leave({ feed, subscription }: WatchedChat<Rendered>): void {
    this.#options.topics.leave(subscription);
    feed.remove(subscription);
    if (this.#chats.get(subscription.chatId)?.subscription === subscription) this.#chats.delete(subscription.chatId);
  }

  #fail(error: unknown): void {
    const chatIds = [...this.#chats.keys()];
    if (!this.#isClosed) this.#options.hub.failedReplay(error, { operation: this.broadcast.operation, chatIds });
    this.close();
    this.subscriber.end();
  }
}
