import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { VirtualizerHandle } from 'virtua';

/** How near to the end, in pixels, counts as there. */
const nearBottom = 48;

/** Keeps the newest message in view for who is there, and leaves who has scrolled up where they are. */
export function useFollowing(list: RefObject<VirtualizerHandle | null>, count: number, hasNewer: boolean) {
  const [isAtBottom, setAtBottom] = useState(true);
  const isFollowing = useRef(true);

  const toBottom = useMemo(() => {
    const now = () => {
      const view = list.current;
      if (!view) return;
      isFollowing.current = true;
      setAtBottom(true);
      view.scrollTo(view.scrollSize);
    };
    return { now, ifFollowing: () => isFollowing.current && now() };
  }, [list]);

  const follow = useCallback(
    (offset: number) => {
      const view = list.current;
      if (!view) return;
      isFollowing.current = !hasNewer && view.scrollSize - view.viewportSize - offset < nearBottom;
      setAtBottom(isFollowing.current);
    },
    [list, hasNewer],
  );

  useLayoutEffect(() => {
    if (isFollowing.current && count > 0) list.current?.scrollToIndex(count - 1, { align: 'end' });
  }, [list, count]);

  return { isAtBottom, follow, toBottom };
}

/** True for the one render in which the list has grown at its beginning: the place is then kept from the end. */
export function useIsPrepended(firstId: string | undefined): boolean {
  const [shownFirst, setShownFirst] = useState(firstId);
  useEffect(() => setShownFirst(firstId), [firstId]);
  return shownFirst !== undefined && shownFirst !== firstId;
}
