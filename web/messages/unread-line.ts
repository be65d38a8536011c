import type { MessageRow } from './rows.ts';

/** Before which message the line stands under which all is new; undefined while it is not among those that are loaded. */
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
