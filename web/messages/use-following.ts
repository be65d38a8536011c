import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { MessageRow } from './rows.ts';

/**
 * Distance from the end, in pixels, within which a reader counts as at the end: while they stay there, and when they
 * arrive.
 */
const nearBottom = { stays: 48, comes: 2 };

interface Options {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
  isLoaded: boolean;
  count: number;
  hasNewer: boolean;
  /** True while the list is on the way to a goal. It may pass its end then, and must not stay there. */
  isLed: RefObject<boolean>;
  /** Otherwise the list begins at another place. */
  startsAtEnd: boolean;
  /** The number of times that another part of the chat has replaced the shown one. */
  replacements: number;
}

/**
 * Keeps the newest message in view for a reader at the end, and does not move the list for a reader who has scrolled
 * up. Only scrolling up ends this: changes of the size of the window, the field or a message also move the list, and
 * are not the reader's wish.
 */
export function useFollowing(options: Options) {
  const { list, scroller, isLoaded, count, hasNewer, isLed, startsAtEnd, replacements } = options;
  const [isAtBottom, setAtBottom] = useState(startsAtEnd);
  const isFollowing = useRef(startsAtEnd);
  const last = useRef({ top: 0, height: 0 });

  const toBottom = useMemo(() => {
    const now = () => {
      const view = list.current;
      if (!view) return;
      isFollowing.current = true;
      setAtBottom(true);
      view.scrollTo(view.scrollSize);
    };
    const leave = () => {
      isFollowing.current = false;
      setAtBottom(false);
    };
    return { now, ifFollowing: () => isFollowing.current && now(), leave };
  }, [list]);

  /**
   * Runs after every scroll and every change of size. It measures the element, because the numbers of the list are
   * updated later.
   */
  const look = useCallback(() => {
    const element = scroller.current;
    if (!element || isLed.current) return;
    const { scrollTop: top, scrollHeight, clientHeight: height } = element;
    const near = isFollowing.current ? nearBottom.stays : nearBottom.comes;
    const isAtEnd = !hasNewer && scrollHeight - height - top < near;
    const isScrolledUp = top < last.current.top && height === last.current.height;
    last.current = { top, height };
    if (isAtEnd) isFollowing.current = true;
    else if (isScrolledUp || hasNewer) isFollowing.current = false;
    setAtBottom(isFollowing.current);
  }, [scroller, hasNewer, isLed]);

  useEffect(() => {
    if (!isLoaded || !scroller.current) return;
    const observer = new ResizeObserver(() => {
      look();
      toBottom.ifFollowing();
    });
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [isLoaded, scroller, look, toBottom]);

  useLayoutEffect(() => {
    if (isFollowing.current && count > 0) list.current?.scrollToIndex(count - 1, { align: 'end' });
  }, [list, count, replacements]);

  return { isAtBottom, look, toBottom };
}

/**
 * True for the one render after the list has grown at its beginning. The scroll position is then kept relative to the
 * end.
 */
export function useIsPrepended(firstId: string | undefined): boolean {
  const [shownFirst, setShownFirst] = useState(firstId);
  useEffect(() => setShownFirst(firstId), [firstId]);
  return shownFirst !== undefined && shownFirst !== firstId;
}

/** Counts how often another part of the chat has replaced the shown one. The scroll position is then not kept. */
export function useReplacements(rows: readonly MessageRow[]): number {
  const from = rows[0]?.message.position;
  const to = rows.at(-1)?.message.position;
  const [shown, setShown] = useState({ from, to, count: 0 });
  if (from === shown.from && to === shown.to) return shown.count;
  const isApart = (from ?? 0) > (shown.to ?? Infinity) || (to ?? Infinity) < (shown.from ?? 0);
  const count = shown.count + (isApart ? 1 : 0);
  setShown({ from, to, count });
  return count;
}
