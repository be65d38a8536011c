import type { ComponentProps } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Button.module.css';

type Look = 'primary' | 'quiet' | 'danger';

export function Button({
  look = 'quiet',
  busy = false,
  className,
  disabled,
  children,
  ...rest
}: ComponentProps<'button'> & { look?: Look; busy?: boolean }) {
  return (
    <button
      type="button"
      className={classes(styles.button, styles[look], className)}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      {...rest}
    >
      {children}
    </button>
  );
}

/** A button that shows only a drawing; the label is its name and its tooltip. */
export function IconButton({
  icon,
  label,
  className,
  size = 20,
  ...rest
}: ComponentProps<'button'> & { icon: IconName; label: string; size?: number }) {
  return (
    <button type="button" className={classes(styles.icon, className)} aria-label={label} title={label} {...rest}>
      <Icon name={icon} size={size} />
    </button>
  );
}
