import styles from './Settings.module.css';

interface Props<T extends string> {
  label: string;
  options: readonly T[];
  value: T;
  name: (option: T) => string;
  onChange: (option: T) => void;
}

/** A choice between a few options that are all visible. */
export function Choice<T extends string>({ label, options, value, name, onChange }: Props<T>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      <div>
        {options.map((option) => (
          <label key={option}>
            <input type="radio" name={label} checked={option === value} onChange={() => onChange(option)} />
            <span>{name(option)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
