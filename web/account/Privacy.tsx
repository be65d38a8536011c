import { useApolloClient, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useStreamItem } from '@parley/client/react';
import {
  UpdateViewerSettingsDocument,
  ViewerSettingsDocument,
  type UpdateViewerSettingsMutationVariables,
} from '../gql/graphql.ts';
import { useParley } from '../parley.ts';
import { Choice } from '../settings/Choice.tsx';
import { Loaded } from './Loaded.tsx';
import { useAccountTexts } from './texts.ts';
import { useRequest } from './use-request.ts';
import styles from './AccountPages.module.css';

type Input = UpdateViewerSettingsMutationVariables['input'];

const contacts = ['EVERYONE', 'SHARED_CHAT'] as const;
const answers = ['on', 'off'] as const;

/** Settings for who may contact the user, and for what others see of them. */
export function Privacy() {
  const texts = useAccountTexts().privacy;
  const client = useApolloClient();
  const { data, error, refetch } = useQuery(ViewerSettingsDocument, { fetchPolicy: 'cache-and-network' });
  const { failure, send } = useRequest();
  // The chosen values are shown at once, until the server has answered.
  const [chosen, setChosen] = useState<Input>({});

  // Another device may change them, too.
  useStreamItem(useParley(), ({ __typename }) => {
    if (__typename === 'ViewerSettingsChanged' || __typename === 'ViewerStateReset') void refetch().catch(() => null);
  });

  async function set(input: Input) {
    const wanted = { ...chosen, ...input };
    setChosen(wanted);
    await send(async () => {
      const { data } = await client.mutate({
        mutation: UpdateViewerSettingsDocument,
        variables: { input },
        update(cache, { data }) {
          const settings = data?.updateViewerSettings;
          if (settings?.__typename !== 'ViewerSettings') return;
          cache.writeQuery({ query: ViewerSettingsDocument, data: { viewerSettings: settings } });
        },
      });
      const settings = data?.updateViewerSettings;
      return settings?.__typename === 'ViewerSettings' ? null : settings;
    });
    setChosen((now) => (now === wanted ? {} : now));
  }

  return (
    <Loaded data={data?.viewerSettings} error={error} refetch={refetch}>
      {(settings) => (
        <div className={styles.form}>
          <div className={styles.choice}>
            <Choice
              label={texts.whoMayContact}
              options={contacts}
              value={chosen.whoMayContact ?? settings.whoMayContact}
              name={(option) => texts.contacts[option]}
              onChange={(whoMayContact) => void set({ whoMayContact })}
            />
            <p className={styles.note}>{texts.contactsText}</p>
          </div>
          {(['sendsReadReceipts', 'sharesPresence'] as const).map((setting) => (
            <Choice
              key={setting}
              label={texts[setting]}
              options={answers}
              value={(chosen[setting] ?? settings[setting]) ? 'on' : 'off'}
              name={(answer) => texts[answer]}
              onChange={(answer) => void set({ [setting]: answer === 'on' })}
            />
          ))}
          <p className={styles.failure} role="alert">
            {failure}
          </p>
        </div>
      )}
    </Loaded>
  );
}
