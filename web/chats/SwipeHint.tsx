import { classes } from '../ui/classes.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import styles from './ChatRow.module.css';

/** What a swipe does, beside the row that is moved. */
export function SwipeHint({
  side,
  icon,
  isFarEnough,
}: {
  side: 'left' | 'right';
  icon: IconName;
  isFarEnough: boolean;
}) {
  return (
    <span className={classes(styles.hint, styles[side], isFarEnough && styles.acts)}>
      <Icon name={icon} />
    </span>
  );
}
