/** Which items each subscription field of the API carries, derived from the event types. */
import { eventTypes, type StreamItem } from './event-types.ts';

/** Whether a subscription field of the API carries an item. */
export type Accepts = (item: StreamItem) => boolean;

const entries = Object.values(eventTypes);
type Field = (typeof entries)[number]['in'][number] | 'chatAdded' | 'membershipEnded';

/** The items that a field carries, by their type and by whether they are shown to the event's subject. */
function carriedBy(field: Field): Accepts {
  const carried = new Set<string>();
  for (const entry of entries) {
    const others: { item: string; in: readonly string[] } = entry;
    const subject = 'toSubject' in entry ? entry.toSubject : others;
    if (others.in.includes(field)) carried.add(`${others.item} false`);
    if ((subject.in as readonly string[]).includes(field)) carried.add(`${subject.item} true`);
  }
  return (item) => carried.has(`${item.type} ${item.toSubject}`);
}

export const subscriptions = {
  messageCreated: carriedBy('messageCreated'),
  messageUpdated: carriedBy('messageUpdated'),
  chatAdded: carriedBy('chatAdded'),
  chatUpdated: carriedBy('chatUpdated'),
  membershipEnded: carriedBy('membershipEnded'),
  chatDeleted: carriedBy('chatDeleted'),
  events: () => true,
} satisfies Record<string, Accepts>;
