/** The chats that operations on this server look at, and these operations. Ephemeral items may be lost. */
import type { CountedLine } from '../counted-line.ts';
import type { LogEvent, StreamItem } from '../log/event-types.ts';
import { decodeEphemeral, encodeTyping, type TypingNotice } from '../log/wire-format.ts';
import type { PubSub, Unsubscribe } from '../pubsub/pubsub.ts';
import { decodeOr } from './decode.ts';
import type { Subscription } from './delivery-listener.ts';
import { EphemeralTopic } from './ephemeral-topic.ts';
import { UserWatches } from './user-watches.ts';

interface OpenTopic {
  topic: EphemeralTopic;
  subscribed: Promise<void>;
  unsubscribe: Unsubscribe;
}

/** An operation that is told when items may have been lost. */
interface Watcher {
  mayHaveLost(): void;
}

export class EphemeralTopics {
  /** Number of items that were dropped because too many bytes waited in a connection. */
  dropped = 0;
  readonly #pubsub: PubSub;
  readonly #notUnderstood: CountedLine;
  readonly #topics = new Map<string, OpenTopic>();
  readonly #watchers = new Set<Watcher>();
  readonly #stopReconnected: Unsubscribe;
  readonly profiles: UserWatches;

  constructor({ pubsub, notUnderstood }: { pubsub: PubSub; notUnderstood: CountedLine }) {
    this.#pubsub = pubsub;
    this.#notUnderstood = notUnderstood;
    this.profiles = new UserWatches(pubsub, 'profile');
    this.#stopReconnected = pubsub.onReconnected(() => {
      for (const watcher of this.#watchers) watcher.mayHaveLost();
    });
  }

  size(): { ephemeralTopics: number; ephemeralDropped: number } {
    return { ephemeralTopics: this.#topics.size, ephemeralDropped: this.dropped };
  }

  /** Calls the watcher whenever items may have been lost. The returned function ends that. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Adds a subscription. Resolves when the chat's ephemeral items reach it. */
  join(subscription: Subscription): Promise<void> {
    const open = this.#topics.get(subscription.chatId) ?? this.#open(subscription.chatId);
    open.topic.subscriptions.add(subscription);
    return open.subscribed;
  }

  leave(subscription: Subscription): void {
    const open = this.#topics.get(subscription.chatId);
    if (open?.topic.subscriptions.delete(subscription) && open.topic.subscriptions.size === 0) this.#close(open);
  }

  /** Publishes to every server with a subscriber of the chat. */
  publishTyping(chatId: string, notice: TypingNotice): void {
    this.#pubsub.publish(`ephemeral:${chatId}`, encodeTyping(notice));
  }

  /** The users who type in a chat that is watched here; null if nobody does. */
  typing(chatId: string): StreamItem | null {
    return this.#topics.get(chatId)?.topic.typing() ?? null;
  }

  /** An event of a chat has been delivered on this server. */
  delivered(event: LogEvent): void {
    this.#topics.get(event.chatId)?.topic.delivered(event);
  }

  stop(): void {
    this.#stopReconnected();
    this.profiles.stop();
    for (const open of this.#topics.values()) this.#close(open);
  }

  #open(chatId: string): OpenTopic {
    const open: OpenTopic = {
      topic: new EphemeralTopic(chatId),
      subscribed: Promise.resolve(),
      unsubscribe: () => {},
    };
    this.#topics.set(chatId, open);
    open.subscribed = this.#subscribe(open);
    return open;
  }

  async #subscribe(open: OpenTopic): Promise<void> {
    const { topic } = open;
    const unsubscribe = await this.#pubsub.subscribe(`ephemeral:${topic.chatId}`, (payload) => {
      const notice = decodeOr(this.#notUnderstood, () => decodeEphemeral(payload));
      if (notice) topic.receive(notice);
    });
    if (this.#topics.get(topic.chatId) === open) open.unsubscribe = unsubscribe;
    else unsubscribe();
  }

  #close(open: OpenTopic): void {
    this.#topics.delete(open.topic.chatId);
    open.topic.close();
    open.unsubscribe();
  }
}
