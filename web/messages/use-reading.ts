import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { useUnread } from '@parley/client/react';
import { useViewing } from '../alerts/viewing.ts';
import { useAttention } from '../attention.ts';
import { useSignedIn } from '../parley.ts';
import type { MessageRow } from './rows.ts';
import { firstUnread } from './unread-line.ts';

interface Options {
  chatId: string;
  rows: readonly MessageRow[];
  hasOlder: boolean;
  list: RefObject<VirtualizerHandle | null>;
  isLed: RefObject<boolean>;
  isAtBottom: boolean;
}

/**
 * Marks messages as read when the user really sees them. Returns where the unread messages begin and how many there
 * are.
 */
export function useReading({ chatId, rows, hasOlder, list, isLed, isAtBottom }: Options) {
  const { parley, viewer } = useSignedIn();
  const { read } = parley;
  const unread = useUnread(parley, chatId);
  const isAttended = useAttention();
  const isInView = isAttended && isAtBottom;
  useViewing(viewer.id, chatId, isInView);

  useEffect(() => read.opened(chatId), [read, chatId]);

  const markSeen = useCallback(() => {
    if (!isAttended || isLed.current || !list.current) return;
    const row = isAtBottom ? rows.at(-1) : rows[lastSeen(list.current)];
    if (row) read.upTo(chatId, row.message.position);
  }, [read, chatId, rows, list, isLed, isAtBottom, isAttended]);
  useEffect(markSeen, [markSeen]);

  // The line stays at the first message that the user had not seen, even after the messages have been read.
  const { isUnread = false, isMarkedUnread = false, readPosition = 0, unreadCount = 0 } = unread ?? {};
  const [line, setLine] = useState(isUnread ? readPosition : null);
  const wasUnread = useRef(false);
  useEffect(() => {
    if (isUnread && !wasUnread.current && (!isInView || isMarkedUnread)) setLine(readPosition);
    wasUnread.current = isUnread;
  }, [isUnread, isMarkedUnread, isInView, readPosition]);

  const firstUnreadId = line === null ? undefined : firstUnread(rows, line, viewer.id, hasOlder);
  return { markSeen, unreadCount, firstUnreadId };
}

/** The last row whose end has been in view, or that fills the view. */
function lastSeen(view: VirtualizerHandle): number {
  const end = view.scrollOffset + view.viewportSize;
  const index = view.findItemIndex(end);
  const from = view.getItemOffset(index);
  const isSeen = from + view.getItemSize(index) <= end + 1 || from <= view.scrollOffset;
  return isSeen ? index : index - 1;
}
