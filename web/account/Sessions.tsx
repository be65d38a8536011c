import { useApolloClient, useQuery } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { EndOtherSessionsDocument, EndSessionDocument, SessionsDocument } from '../gql/graphql.ts';
import { longDate, time } from '../language/dates.ts';
import { useLanguage } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { notify } from '../ui/notices.tsx';
import { Loaded } from './Loaded.tsx';
import { useAccountTexts } from './texts.ts';
import { useRequest } from './use-request.ts';
import styles from './AccountPages.module.css';

/** The devices on which the user is signed in. */
export function Sessions() {
  const texts = useAccountTexts().sessions;
  const language = useLanguage();
  const client = useApolloClient();
  const { data, error, refetch } = useQuery(SessionsDocument, { fetchPolicy: 'network-only' });
  const { isBusy, failure, send } = useRequest();
  const [isAsking, setAsking] = useState(false);
  const list = useRef<HTMLUListElement>(null);

  async function end(sessionId: string, device: string) {
    const variables = { input: { sessionId } };
    const work = async () => (await client.mutate({ mutation: EndSessionDocument, variables })).data?.endSession;
    if (await send(work)) notify(texts.ended(device));
    list.current?.focus(); // the button is removed with its row
    await refetch().catch(() => null);
  }

  async function endOthers() {
    setAsking(false);
    const work = async () => (await client.mutate({ mutation: EndOtherSessionsDocument })).data?.endOtherSessions;
    if (await send(work)) notify(texts.othersEnded);
    await refetch().catch(() => null);
  }

  return (
    <Loaded data={data?.sessions} error={error} refetch={refetch}>
      {(sessions) => (
        <div className={styles.form}>
          <ul ref={list} className={styles.list} aria-label={texts.list} tabIndex={-1}>
            {sessions.map(({ id, device, createdAt, lastUsedAt, isCurrent }) => (
              <li key={id}>
                <p>
                  <strong dir="auto">{device}</strong>
                  {isCurrent && <span className={styles.badge}>{texts.current}</span>}
                  <span>{texts.lastUsed(`${longDate(language, lastUsedAt)}, ${time(language, lastUsedAt)}`)}</span>
                  <span>{texts.since(longDate(language, createdAt))}</span>
                </p>
                {!isCurrent && (
                  <Button aria-label={texts.endOf(device)} busy={isBusy} onClick={() => void end(id, device)}>
                    {texts.end}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <p className={styles.failure} role="alert">
            {failure}
          </p>
          {sessions.length > 1 && (
            <Button busy={isBusy} onClick={() => setAsking(true)}>
              {texts.endOthers}
            </Button>
          )}
          {isAsking && (
            <Confirm
              title={texts.endOthersSure}
              text={texts.endOthersText}
              action={texts.endOthers}
              returnTo={() => list.current}
              onCancel={() => setAsking(false)}
              onConfirm={() => void endOthers()}
            />
          )}
        </div>
      )}
    </Loaded>
  );
}
