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
  // A disabled button would lose the focus. A busy one keeps it and ignores presses, including Enter in a field.
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

/** A link that looks like a button, for pages with nothing else to do. */
export function ButtonLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return <Link className={classes(styles.button, styles.quiet, className)} {...rest} />;
}

/** A button that shows only an icon. The label is its name and its tooltip. */
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
