/**
 * The contracts of delivery. A transport implements `Subscriber`, a cohort of equal operations implements `Broadcast`,
 * and an `EventStream`, which is one operation of one user, implements `DeliveryListener`.
 */
import type { StreamItem } from '../log/event-types.ts';
import type { ChatSubscription } from './chat-subscription.ts';

/** Takes the results of one operation: an operation of a WebSocket, or an SSE response. */
export interface Subscriber<Rendered = unknown> {
  write(rendered: Rendered): void;
  /** Whether so many bytes wait in the connection that ephemeral items should be dropped. */
  readonly isCongested: boolean;
  /** Resolves when the connection can take more. */
  drained(): Promise<void>;
  /** Completes the operation. */
  end(): void;
}

/** A set of equal operations, for which an item is rendered once. */
export interface Broadcast<Rendered = unknown> {
  /** The operation's name, for the log. */
  readonly operation: string;
  /** Whether the operation shows this item at all. */
  accepts(item: StreamItem): boolean;
  /**
   * Writes the item to each recipient that still accepts it when its bytes are ready. Resolves when it is written or
   * dropped, and never rejects. Items of one chat keep their order.
   */
  send(item: StreamItem, recipients: Iterable<Recipient<Rendered>>): Promise<void>;
  /** Renders items for one user. Null stands for an item whose rows no longer exist; it is not delivered. */
  render(items: readonly StreamItem[], userId: string): Promise<(Rendered | null)[]>;
}

/** One operation that an item goes to. */
export interface Recipient<Rendered = unknown> {
  readonly userId: string;
  readonly listener: Pick<DeliveryListener<Rendered>, 'subscriber'>;
  /** Asked when the bytes of an item are about to be written. */
  acceptsLive(item: StreamItem): boolean;
}

/** One operation of one user, which is told of endings, resets and new memberships. */
export interface DeliveryListener<Rendered = unknown> {
  readonly broadcast: Broadcast<Rendered>;
  readonly subscriber: Subscriber<Rendered>;
  /** The event that ended the subscription has been written. */
  ended(subscription: Subscription<Rendered>): void;
  /** The feed did not fit the log and is closed. The subscription has left it and must begin anew in the next feed. */
  reset(subscription: Subscription<Rendered>): void;
  /** A membership of the user begins. The call may come more than once, and late. */
  joined(chatId: string, position: number): void;
  /** The database was restored and may have lost endings that were already delivered: those memberships go on. */
  endingsForgotten(): void;
}

/** A subscriber's place in a chat, as the feeds hold it. */
export type Subscription<Rendered = unknown> = ChatSubscription<DeliveryListener<Rendered>>;
