import type { SubmitEvent } from 'react';
import { limits } from '../../src/limits.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import { session } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import { notify } from '../ui/notices.tsx';
import { PasswordField } from './PasswordField.tsx';
import { useAccountTexts } from './texts.ts';
import { useRequest } from './use-request.ts';
import styles from './AccountPages.module.css';

export function Password() {
  const texts = useTexts();
  const account = useAccountTexts().password;
  const { username } = useViewer();
  const { min } = limits.password;
  const { isBusy, failure, send } = useRequest({ FORBIDDEN: account.wrong, INVALID_INPUT: account.invalid(min) });

  async function change(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const field = (name: string) => String(new FormData(form).get(name));
    const input = { currentPassword: field('current'), newPassword: field('new') };
    const isChanged = await send(async () => {
      const result = await session.changePassword(input);
      return result.ok ? null : result.error;
    });
    if (!isChanged) return;
    form.reset();
    notify(account.changed);
  }

  return (
    <form className={styles.form} onSubmit={(event) => void change(event)}>
      <p>{account.text}</p>
      {/* A password manager needs the username. */}
      <input hidden readOnly autoComplete="username" value={username} />
      <PasswordField label={account.current} name="current" autoComplete="current-password" />
      <PasswordField
        label={account.new}
        name="new"
        autoComplete="new-password"
        minLength={min}
        maxLength={limits.password.max}
        hint={texts.session.passwordHint(min)}
      />
      <p className={styles.failure} role="alert">
        {failure}
      </p>
      <Button type="submit" look="primary" busy={isBusy}>
        {account.change}
      </Button>
    </form>
  );
}
