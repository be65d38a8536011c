import { useRef, useState, type MouseEvent, type PointerEvent } from 'react';

/** From here on a finger swipes, and from there on it acts when it is lifted; in pixels. */
const begins = 12;
const acts = 72;
const furthest = 112;

/** Moves a row sideways with a finger. `onSwipe` is called when it is lifted far enough from where it began. */
export function useSwipe(onSwipe: (to: 'left' | 'right') => void) {
  const [offset, setOffset] = useState(0);
  const from = useRef<number | null>(null);
  const distance = useRef(0);
  const hasSwiped = useRef(false);

  const end = () => {
    from.current = null;
    distance.current = 0;
    setOffset(0);
  };
  const handlers = {
    onPointerDown(event: PointerEvent) {
      hasSwiped.current = false;
      if (event.pointerType === 'touch' && event.isPrimary) from.current = event.clientX;
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (from.current === null) return;
      distance.current = event.clientX - from.current;
      if (!hasSwiped.current && Math.abs(distance.current) < begins) return;
      hasSwiped.current = true;
      setOffset(Math.max(-furthest, Math.min(distance.current, furthest)));
    },
    onPointerUp() {
      if (Math.abs(distance.current) >= acts) onSwipe(distance.current < 0 ? 'left' : 'right');
      end();
    },
    // The browser scrolls the list instead.
    onPointerCancel: end,
    onClickCapture(event: MouseEvent) {
      if (hasSwiped.current) event.preventDefault();
    },
  };
  return { offset, isFarEnough: Math.abs(offset) >= acts, handlers };
}
