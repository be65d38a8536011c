import { useEffect, type RefObject } from 'react';
import { readStored, writeStored } from '../storage.ts';
import type { Goal } from './goal.ts';

const key = 'place';

/** The reader's place in a chat when the page was left. It is null at the chat's end, and for another chat. */
export function keptPlace(chatId: string): Goal | null {
  try {
    const [keptChatId, messageId, top] = JSON.parse(readStored(key, 'sessionStorage') ?? '') as unknown[];
    if (keptChatId !== chatId || typeof messageId !== 'string' || typeof top !== 'number') return null;
    return { to: 'place', messageId, top };
  } catch {
    return null;
  }
}

interface Options {
  chatId: string;
  scroller: RefObject<HTMLElement | null>;
  isLed: RefObject<boolean>;
  isAtBottom: boolean;
}

/** Keeps the place in the open chat over a reload of the page, and while a phone has suspended the page. */
export function useKeptPlace({ chatId, scroller, isLed, isAtBottom }: Options): void {
  useEffect(() => {
    const keep = () => {
      // A list that is still scrolling to its goal has no place yet.
      if (!scroller.current || isLed.current) return;
      const place = isAtBottom ? null : topmost(scroller.current);
      writeStored(key, place && JSON.stringify([chatId, ...place]), 'sessionStorage');
    };
    const keepIfHidden = () => document.hidden && keep();
    window.addEventListener('pagehide', keep);
    document.addEventListener('visibilitychange', keepIfHidden);
    return () => {
      window.removeEventListener('pagehide', keep);
      document.removeEventListener('visibilitychange', keepIfHidden);
    };
  }, [chatId, scroller, isLed, isAtBottom]);

  // Going to another chat, or signing out, removes the place.
  useEffect(() => () => writeStored(key, null, 'sessionStorage'), [chatId]);
}

/** The first message in view, and its distance from the list's upper edge. */
function topmost(scroller: HTMLElement): readonly [string, number] | null {
  const { top } = scroller.getBoundingClientRect();
  for (const article of scroller.querySelectorAll<HTMLElement>('article[data-id]')) {
    const box = article.getBoundingClientRect();
    if (box.bottom > top) return [article.dataset.id ?? '', box.top - top];
  }
  return null;
}
