import { useState, type KeyboardEvent } from 'react';
import { classes } from './classes.ts';
import { IconButton } from './Button.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { Popover } from './Popover.tsx';
import styles from './Menu.module.css';

export interface MenuItem {
  label: string;
  icon: IconName;
  danger?: boolean;
  onSelect: () => void;
}

/** A button that opens a list of actions. */
export function MenuButton({
  icon = 'more',
  label,
  items,
  className,
}: {
  icon?: IconName;
  label: string;
  items: MenuItem[];
  className?: string | undefined;
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        icon={icon}
        label={label}
        className={className}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      />
      {anchor && <Menu anchor={anchor} label={label} items={items} onClose={() => setAnchor(null)} />}
    </>
  );
}

/** A list of actions beside the element that opened it. */
export function Menu({
  anchor,
  label,
  items,
  onClose,
}: {
  anchor: HTMLElement;
  label: string;
  items: MenuItem[];
  onClose: () => void;
}) {
  return (
    <Popover anchor={anchor} onClose={onClose} role="menu" aria-label={label} onKeyDown={moveFocus}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          className={classes(styles.item, item.danger && styles.danger)}
          onClick={() => {
            onClose();
            item.onSelect();
          }}
        >
          <Icon name={item.icon} size={18} />
          {item.label}
        </button>
      ))}
    </Popover>
  );
}

const steps: Record<string, (index: number, count: number) => number> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** The arrow keys move through the items, and from the last to the first. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const index = items.findIndex((item) => item === document.activeElement);
  items[step(index, items.length)]?.focus();
}
