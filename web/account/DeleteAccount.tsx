import { useApolloClient } from '@apollo/client/react';
import { useState, type SubmitEvent } from 'react';
import { DeleteAccountDocument } from '../gql/graphql.ts';
import { useViewer } from '../parley.ts';
import { expectEnd, session, signOut } from '../session/session.ts';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { PasswordField } from './PasswordField.tsx';
import { useAccountTexts } from './texts.ts';
import { useRequest } from './use-request.ts';
import styles from './AccountPages.module.css';

export function DeleteAccount() {
  const texts = useAccountTexts().delete;
  const client = useApolloClient();
  const { username } = useViewer();
  const { isBusy, failure, send } = useRequest({ FORBIDDEN: texts.wrong, INVALID_INPUT: texts.wrong });
  const [password, setPassword] = useState('');
  const [isAsking, setAsking] = useState(false);

  function ask(event: SubmitEvent) {
    event.preventDefault();
    setAsking(true);
  }

  async function remove() {
    setAsking(false);
    expectEnd(true);
    const variables = { input: { password } };
    const isDeleted = await send(() =>
      Promise.race([
        client.mutate({ mutation: DeleteAccountDocument, variables }).then(({ data }) => data?.deleteAccount),
        // The server ends the session before it answers, so this component may be gone when the answer arrives.
        sessionEnd(),
      ]),
    );
    if (!isDeleted && session.getSnapshot()) return expectEnd(false);
    if (session.getSnapshot()) signOut();
    notify(texts.done);
  }

  return (
    <form className={styles.form} onSubmit={ask}>
      <p>{texts.will}</p>
      <ul className={styles.points}>
        {texts.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <p>
        <strong>{texts.final}</strong>
      </p>
      {/* A password manager needs the username. */}
      <input hidden readOnly autoComplete="username" value={username} />
      <PasswordField
        label={texts.password}
        autoComplete="current-password"
        value={password}
        error={failure ?? undefined}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" look="danger" busy={isBusy}>
        {texts.delete}
      </Button>
      {isAsking && (
        <Confirm
          title={texts.sure}
          text={texts.final}
          action={texts.delete}
          onCancel={() => setAsking(false)}
          onConfirm={() => void remove()}
        />
      )}
    </form>
  );
}

/** Resolves when nobody is signed in any more. */
function sessionEnd(): Promise<null> {
  return new Promise((resolve) => {
    const unsubscribe = session.subscribe(() => {
      if (session.getSnapshot()) return;
      unsubscribe();
      resolve(null);
    });
  });
}
