import { useEffect, useRef, useState, type RefObject } from 'react';

/** Whether an element is in view. */
export function useInView<T extends Element>(): [place: RefObject<T | null>, isInView: boolean] {
  const place = useRef<T>(null);
  const [isInView, setInView] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver(([entry]) => setInView(entry?.isIntersecting === true));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, isInView];
}
