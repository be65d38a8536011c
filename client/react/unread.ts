import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Reading, UnreadChats } from '../read-state/read-state.ts';
import type { Unread } from '../read-state/unread-stores.ts';
import type { UnreadSummary } from '../read-state/unread.ts';

const unknown = () => undefined;

/** The unread state of the chat; undefined while it is not known. */
export function useUnread({ unread }: { readonly unread: UnreadChats }, chatId: string): Unread | undefined {
  const ofChat = useMemo(() => unread.of(chatId), [unread, chatId]);
  return useSyncExternalStore(ofChat.subscribe, ofChat.getSnapshot, unknown);
}

/** The numbers of unread chats; undefined while it is not known. */
export function useUnreadSummary({ unread }: { readonly unread: UnreadChats }): UnreadSummary | undefined {
  const { summary } = unread;
  return useSyncExternalStore(summary.subscribe, summary.getSnapshot, unknown);
}

/**
 * Marks the open chat as read up to the message at this position, while the page is visible. Pass null while the newest
 * message is not in view. Use it once for each chat that is open.
 */
export function useReading({ read }: { readonly read: Reading }, chatId: string, position: number | null): void {
  useEffect(() => read.opened(chatId), [read, chatId]);
  useEffect(() => {
    if (position === null) return;
    const mark = () => {
      if (!document.hidden) read.upTo(chatId, position);
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [read, chatId, position]);
}
