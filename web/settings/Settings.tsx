import { useState, type ReactNode } from 'react';
import { useSession } from '@parley/client/react';
import { language, languageNames, useLanguage, useTexts, type Language } from '../language/language.ts';
import { paths } from '../router.ts';
import { session, signOut } from '../session/session.ts';
import { useStored } from '../stored.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, ButtonLink, IconButton } from '../ui/Button.tsx';
import { Popover } from '../ui/Popover.tsx';
import { Choice } from './Choice.tsx';
import { theme, themes } from './theme.ts';
import styles from './Settings.module.css';

export function SettingsButton({ children }: { children?: ReactNode }) {
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
      {anchor && (
        <Settings anchor={anchor} onClose={() => setAnchor(null)}>
          {children}
        </Settings>
      )}
    </>
  );
}

interface Props {
  anchor: HTMLElement;
  onClose: () => void;
  /** Settings that only a signed-in user has. */
  children: ReactNode;
}

function Settings({ anchor, onClose, children }: Props) {
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
            <strong dir="auto">{user.displayName}</strong>
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
      {children}
      {user && (
        <ButtonLink href={paths.settings} onClick={onClose}>
          {texts.settings.account}
        </ButtonLink>
      )}
      {user && <Button onClick={signOut}>{texts.session.signOut}</Button>}
    </Popover>
  );
}
