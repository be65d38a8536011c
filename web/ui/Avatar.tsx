import { classes } from './classes.ts';
import { hueOf } from './hue.ts';
import styles from './Avatar.module.css';

type Size = 'small' | 'medium' | 'large';

/**
 * Initials on a colour that is always the same for an owner. Screen readers skip it, because the name stands beside it.
 */
export function Avatar({
  id,
  name,
  size = 'medium',
  square = false,
}: {
  id: string;
  name: string;
  size?: Size;
  square?: boolean;
}) {
  return (
    <span
      className={classes(styles.avatar, styles[size], square && styles.square)}
      style={hueOf(id)}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase()).join('') || '·';
}
