import { useState } from 'react';
import { useSession } from '../../client/react.ts';
import { language, languageNames, useLanguage, useTexts, type Language } from '../language/language.ts';
import { session } from '../session/session.ts';
import { useStored } from '../stored.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { Popover } from '../ui/Popover.tsx';
import { theme, themes } from './theme.ts';
import styles from './Settings.module.css';

export function SettingsButton() {
  const texts = useTexts();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        icon="settings"
        label={texts.settings.open}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      />
      {anchor && <Settings anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

function Settings({ anchor, onClose }: { anchor: HTMLElement; onClose: () => void }) {
  const texts = useTexts();
  const user = useSession(session)?.user;
  const chosenTheme = useStored(theme);
  const chosenLanguage = useLanguage();
  return (
    <Popover
      anchor={anchor}
      onClose={onClose}
      role="dialog"
      aria-label={texts.settings.open}
      className={styles.settings}
    >
      {user && (
        <div className={styles.user}>
          <Avatar id={user.id} name={user.displayName} />
          <p>
            <strong>{user.displayName}</strong>
            <span>@{user.username}</span>
          </p>
        </div>
      )}
      <Choice
        label={texts.settings.theme}
        options={themes}
        value={chosenTheme}
        name={(item) => texts.settings.themes[item]}
        onChange={theme.set}
      />
      <Choice
        label={texts.settings.language}
        options={Object.keys(languageNames) as Language[]}
        value={chosenLanguage}
        name={(item) => languageNames[item]}
        onChange={language.set}
      />
      {user && <Button onClick={() => void session.signOut()}>{texts.session.signOut}</Button>}
    </Popover>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  options: readonly T[];
  value: T;
  name: (option: T) => string;
  onChange: (option: T) => void;
}

function Choice<T extends string>({ label, options, value, name, onChange }: ChoiceProps<T>) {
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
