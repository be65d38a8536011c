import { useEffect, useState, type SubmitEvent } from 'react';
import { limits } from '../../src/limits.ts';
import type { ErrorCode } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { setPageTitle } from '../title.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Mark } from './Mark.tsx';
import { session, wasSignedOut } from './session.ts';
import { SettingsButton } from '../settings/Settings.tsx';
import styles from './SignIn.module.css';

type Failure = ErrorCode | 'network';

/** One form for both signing in and creating an account. */
export function SignIn() {
  const texts = useTexts();
  const [isNew, setNew] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [isShown, setShown] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isUnasked] = useState(wasSignedOut);

  useEffect(() => {
    setPageTitle(null);
  }, []);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const field = (name: string) => String(data.get(name) ?? '');
    const account = { username: field('username').trim(), password: field('password') };
    const displayName = field('displayName').trim();
    setBusy(true);
    setFailure(null);
    const result = isNew
      ? await session.signUp(displayName ? { ...account, displayName } : account)
      : await session.signIn(account);
    if (!result.ok) setFailure(result.error.code in texts.errors ? (result.error.code as ErrorCode) : 'network');
    setBusy(false);
  }

  function change() {
    setNew(!isNew);
    setFailure(null);
  }

  const isPassing = failure === 'network' || failure === 'RATE_LIMITED';
  const isTaken = isNew && failure === 'CONFLICT';
  return (
    <main className={styles.page}>
      <div className={styles.corner}>
        <SettingsButton />
      </div>
      <div className={styles.panel}>
        <header className={styles.header}>
          <Mark />
          <h1>{isNew ? texts.session.join : texts.session.welcome}</h1>
          <p>{isNew ? texts.session.joinText : isUnasked ? texts.session.ended : texts.session.welcomeText}</p>
        </header>
        <form className={styles.form} onSubmit={(event) => void submit(event)}>
          <TextField
            label={texts.session.username}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
            hint={isNew ? texts.session.usernameHint : undefined}
            error={isTaken ? texts.session.taken : undefined}
          />
          {isNew && (
            <TextField
              label={texts.session.displayName}
              name="displayName"
              autoComplete="name"
              maxLength={limits.displayName.characters}
              hint={texts.session.displayNameHint}
            />
          )}
          <TextField
            label={texts.session.password}
            name="password"
            type={isShown ? 'text' : 'password'}
            autoComplete={isNew ? 'new-password' : 'current-password'}
            minLength={isNew ? limits.password.min : undefined}
            required
            hint={isNew ? texts.session.passwordHint(limits.password.min) : undefined}
            end={
              <IconButton
                icon="eye"
                label={isShown ? texts.session.hidePassword : texts.session.showPassword}
                aria-pressed={isShown}
                onClick={() => setShown(!isShown)}
              />
            }
          />
          <p className={styles.failure} role="alert">
            {failure && !isTaken && (isNew || isPassing ? texts.errors[failure] : texts.session.wrong)}
          </p>
          <Button type="submit" look="primary" busy={isBusy} className={styles.submit}>
            {isNew ? texts.session.signUp : texts.session.signIn}
          </Button>
        </form>
        <p className={styles.other}>
          {isNew ? texts.session.toSignIn : texts.session.toSignUp}{' '}
          <button type="button" onClick={change}>
            {isNew ? texts.session.signIn : texts.session.signUp}
          </button>
        </p>
      </div>
    </main>
  );
}
