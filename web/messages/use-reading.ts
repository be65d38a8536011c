import { useEffect, useState } from 'react';
import { markSeen } from '../chats/unread.ts';
import type { MessageRow } from './rows.ts';

/** What has been in view is read, on this browser. */
export function useSeen(chatId: string, newest: number, isAtBottom: boolean): void {
  useEffect(() => {
    if (!isAtBottom || newest === 0) return;
    const mark = () => {
      if (!document.hidden) markSeen(chatId, newest);
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [chatId, newest, isAtBottom]);
}

/** How many messages of others have come since the reader scrolled up. */
export function useArrivedBelow(
  rows: readonly MessageRow[],
  viewerId: string,
  newest: number,
  isAtBottom: boolean,
): number {
  const [left, setLeft] = useState(newest);
  if (isAtBottom && left !== newest) setLeft(newest);
  return isAtBottom ? 0 : rows.filter(({ message }) => message.position > left && message.authorId !== viewerId).length;
}
