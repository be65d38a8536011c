import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { MessageRow } from './rows.ts';

/** The list is one stop for the Tab key. Inside it the arrow keys move from message to message. */
export function useRovingFocus(
  scroller: RefObject<HTMLElement | null>,
  list: RefObject<VirtualizerHandle | null>,
  rows: readonly MessageRow[],
) {
  const [chosenId, setChosenId] = useState<string | null>(null);
  const toFocus = useRef<string | null>(null);
  const chosenIndex = rows.findIndex(({ message }) => message.id === chosenId);
  const activeIndex = chosenIndex >= 0 ? chosenIndex : rows.length - 1;

  const moveTo = useCallback(
    (index: number, align: 'nearest' | 'center' = 'nearest') => {
      const id = rows[index]?.message.id;
      if (!id) return;
      toFocus.current = id;
      setChosenId(id);
      list.current?.scrollToIndex(index, { align });
      focusArticle(scroller.current, id);
    },
    [rows, list, scroller],
  );

  /** Focuses a message that had to be mounted and measured first. */
  const settle = useCallback(() => {
    const id = toFocus.current;
    if (id && focusArticle(scroller.current, id)) toFocus.current = null;
  }, [scroller]);
  useEffect(settle);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const article = event.target instanceof HTMLElement && event.target.matches('article') ? event.target : null;
    if (!article) return;
    const index = Number(article.dataset.index);
    const target = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  }

  const activeId = rows[activeIndex]?.message.id;
  const keepMounted = useMemo(() => (activeIndex >= 0 ? [activeIndex] : []), [activeIndex]);
  return { activeId, keepMounted, moveTo, settle, onKeyDown };
}

function focusArticle(scroller: HTMLElement | null, id: string): boolean {
  const article = scroller?.querySelector<HTMLElement>(`article[data-id="${CSS.escape(id)}"]`);
  article?.focus({ preventScroll: true });
  return article != null && document.activeElement === article;
}
