import { useLayoutEffect, useRef, type ComponentProps } from 'react';
import { classes } from './classes.ts';
import styles from './Popover.module.css';

const gap = 6;
const margin = 8;

interface Own {
  /** The popover opens beside this element, and returns the focus to it. */
  anchor: HTMLElement;
  onClose: () => void;
}

/** A small surface above everything. It uses the browser's light dismiss: Escape or a press outside closes it. */
export function Popover({ anchor, onClose, className, ...rest }: ComponentProps<'div'> & Own) {
  const surface = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  useLayoutEffect(() => {
    close.current = onClose;
  });

  // The clean-up of a layout effect runs while the popover is still in the page and has the focus.
  useLayoutEffect(() => {
    const element = surface.current;
    if (!element) return;
    element.showPopover();
    place(element, anchor);
    element.querySelector<HTMLElement>('[autofocus], button, input, [tabindex="0"]')?.focus();
    const toggled = (event: ToggleEvent) => {
      if (event.newState === 'closed') close.current();
    };
    element.addEventListener('toggle', toggled);
    return () => {
      element.removeEventListener('toggle', toggled);
      const hadFocus = element.contains(document.activeElement);
      if (element.matches(':popover-open')) element.hidePopover();
      if (hadFocus) anchor.focus();
    };
  }, [anchor]);

  return <div ref={surface} popover="auto" className={classes(styles.popover, className)} {...rest} />;
}

/** Places it below the anchor if there is room, otherwise above, and always inside the window. */
function place(element: HTMLElement, anchor: HTMLElement): void {
  const { width, height } = element.getBoundingClientRect();
  const from = anchor.getBoundingClientRect();
  const below = from.bottom + gap;
  const top = below + height + margin > innerHeight ? from.top - gap - height : below;
  const left = from.left + from.width / 2 < innerWidth / 2 ? from.left : from.right - width;
  element.style.top = `${Math.max(margin, Math.min(top, innerHeight - height - margin))}px`;
  element.style.left = `${Math.max(margin, Math.min(left, innerWidth - width - margin))}px`;
}
