/** Renders items for one user alone, and writes those that are still accepted when their bytes are ready. */
import type { StreamItem } from '../log/event-types.ts';
import type { ChatSubscription } from './chat-subscription.ts';
import type { DeliveryListener } from './delivery-listener.ts';

interface Shown {
  item: StreamItem;
  /** The subscription that must still accept the item. It is given for items that were read from the log of a chat. */
  of?: Pick<ChatSubscription, 'acceptsReplayed'>;
}

interface Recipient<Rendered> extends Pick<DeliveryListener<Rendered>, 'broadcast' | 'subscriber'> {
  userId: string;
  isClosed(): boolean;
}

export async function sendAlone<Rendered>(
  { broadcast, subscriber, userId, isClosed }: Recipient<Rendered>,
  shown: readonly Shown[],
): Promise<void> {
  const accepted = shown.filter(({ item }) => broadcast.accepts(item));
  if (accepted.length === 0) return;
  const items = accepted.map(({ item }) => item);
  const rendered = await broadcast.render(items, userId);
  for (const [i, { item, of }] of accepted.entries()) {
    if (rendered[i] && !isClosed() && (of?.acceptsReplayed(item) ?? true)) subscriber.write(rendered[i]);
    // Wait after each item: a page of long items could exceed the bytes that may wait in a socket.
    await subscriber.drained();
  }
}
