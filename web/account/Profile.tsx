import { useApolloClient } from '@apollo/client/react';
import type { SubmitEvent } from 'react';
import { limits } from '../../src/limits.ts';
import { useSession } from '@parley/client/react';
import { UpdateProfileDocument } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useViewer } from '../parley.ts';
import { session } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import { notify } from '../ui/notices.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useAccountTexts } from './texts.ts';
import { useRequest } from './use-request.ts';
import styles from './AccountPages.module.css';

export function Profile() {
  const texts = useTexts();
  const account = useAccountTexts();
  const client = useApolloClient();
  const viewer = useViewer();
  const user = useSession(session)?.user ?? viewer;
  const { isBusy, failure, send } = useRequest({ INVALID_INPUT: account.profile.invalid });

  async function save(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const displayName = String(new FormData(event.currentTarget).get('displayName')).trim();
    const isSaved = await send(async () => {
      const variables = { input: { displayName } };
      return (await client.mutate({ mutation: UpdateProfileDocument, variables })).data?.updateProfile;
    });
    if (!isSaved) return;
    notify(account.profile.saved);
    await session.refresh().catch(() => null); // the session has the name, too
  }

  return (
    <form className={styles.form} onSubmit={(event) => void save(event)}>
      <TextField
        label={account.profile.name}
        name="displayName"
        autoComplete="name"
        defaultValue={user.displayName}
        maxLength={limits.displayName.characters}
        required
        hint={account.profile.hint}
        error={failure ?? undefined}
      />
      <p className={styles.note}>@{user.username}</p>
      <Button type="submit" look="primary" busy={isBusy}>
        {texts.save}
      </Button>
    </form>
  );
}
