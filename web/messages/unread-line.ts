import type { MessageRow } from './rows.ts';

/** The message above which the line for unread messages is shown; undefined while it is not loaded. */
export function firstUnread(
  rows: readonly Pick<MessageRow, 'message'>[],
  readPosition: number,
  viewerId: string,
  hasOlder: boolean,
): string | undefined {
  const isBeyond = hasOlder && (rows[0]?.message.position ?? Infinity) > readPosition + 1;
  if (isBeyond) return undefined;
  return rows.find(({ message: { position, authorId, type, isDeleted } }) => {
    const isOthers = authorId !== viewerId && type !== 'SYSTEM' && !isDeleted;
    return isOthers && position > readPosition;
  })?.message.id;
}
