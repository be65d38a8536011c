import type { MessageAnchor } from '../gql/graphql.ts';
import type { MessageRow } from './rows.ts';

/** The place in a chat to show: a message, the first unread message, or where the user was before a reload. */
export type Goal =
  | { to: 'message'; messageId: string }
  /** `position` is the read position. Messages above it are unread. */
  | { to: 'unread'; position: number }
  /** `top` is how far the message's upper edge is below that of the list, in pixels. */
  | { to: 'place'; messageId: string; top: number };

/** The page of messages to load. */
export function anchorOf(goal: Goal): MessageAnchor {
  return goal.to === 'unread' ? { position: goal.position + 1 } : { messageId: goal.messageId };
}

/** The row of the goal, or -1 if it is not loaded. */
export function rowOf(
  goal: Goal,
  rows: readonly Pick<MessageRow, 'message'>[],
  { hasOlder, hasNewer }: { hasOlder: boolean; hasNewer: boolean },
): number {
  if (goal.to !== 'unread') return rows.findIndex(({ message }) => message.id === goal.messageId);
  const position = goal.position + 1;
  const isAfterStart = !hasOlder || (rows[0]?.message.position ?? Infinity) <= position;
  const index = rows.findIndex(({ message }) => message.position >= position);
  if (!isAfterStart || (index < 0 && hasNewer)) return -1;
  return index < 0 ? rows.length - 1 : index;
}
