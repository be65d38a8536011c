import type { ComponentProps, MouseEvent } from 'react';
import { Link } from '../Link.tsx';
import { classes } from './classes.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Button.module.css';

type Look = 'primary' | 'quiet' | 'danger';

export function Button({
  look = 'quiet',
  busy = false,
  className,
  onClick,
  ...rest
}: ComponentProps<'button'> & { look?: Look; busy?: boolean }) {
  // A button that is disabled loses the focus: a busy one keeps it, and does nothing. Enter in a field presses it, too.
  const press = (event: MouseEvent<HTMLButtonElement>) => (busy ? event.preventDefault() : onClick?.(event));
  return (
    <button
      type="button"
      className={classes(styles.button, styles[look], className)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={press}
      {...rest}
    />
  );
}

/** A link that leads on from a page where there is nothing else. */
export function ButtonLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return <Link className={classes(styles.button, styles.quiet, className)} {...rest} />;
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
