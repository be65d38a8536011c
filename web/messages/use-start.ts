import { useEffect, useRef, useState } from 'react';
import { useParley } from '../parley.ts';
import { navigate, paths } from '../router.ts';
import type { Goal } from './goal.ts';
import { keptPlace } from './kept-place.ts';

/**
 * Where a chat is opened: at the message that the address names, where the user was before a reload, or at the first
 * unread message. It is null for the end.
 */
export function useStart(chatId: string, messageId: string | null): Goal | null {
  const { unread } = useParley();
  const [start] = useState((): Goal | null => {
    if (messageId !== null) return { to: 'message', messageId };
    const place = keptPlace(chatId);
    if (place) return place;
    const { unreadCount = 0, readPosition = 0 } = unread.of(chatId).getSnapshot() ?? {};
    return unreadCount === 0 ? null : { to: 'unread', position: readPosition };
  });
  return start;
}

/** Scrolls to a message of the open chat when the address names one. The address then names only the chat again. */
export function useAddressed(chatId: string, messageId: string | null, leadTo: (goal: Goal) => void): void {
  const isOpening = useRef(true);
  useEffect(() => {
    if (messageId !== null) {
      if (!isOpening.current) leadTo({ to: 'message', messageId });
      navigate(paths.chat(chatId), { replace: true });
    }
    isOpening.current = false;
  }, [chatId, messageId, leadTo]);
}
