import { useId, type ComponentProps, type ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './TextField.module.css';

interface Own {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** A control that is shown at the end of the field. */
  end?: ReactNode;
}

export function TextField({ label, hint, error, end, ...input }: ComponentProps<'input'> & Own) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={classes(styles.box, error !== undefined && styles.wrong)}>
        <input
          id={id}
          dir="auto"
          aria-invalid={error !== undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          {...input}
        />
        {end}
      </div>
      {note && (
        <p id={`${id}-note`} className={classes(styles.note, error !== undefined && styles.wrongNote)}>
          {note}
        </p>
      )}
    </div>
  );
}
