import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { ReactorsDocument, type UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { NameList } from '../people/NameList.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Spinner, State } from '../ui/State.tsx';
import styles from './WhoReacted.module.css';

interface Group {
  emoji: string;
  count: number;
  users: readonly UserNameFragment[];
  /** The cursor of the next page; null after the last one. */
  after: string | null;
}

interface Props {
  messageId: string;
  /** The emoji that is selected at first. */
  emoji: string | null;
  onClose: () => void;
}

/** The users who reacted to a message, by emoji. */
export function WhoReacted({ messageId, emoji, onClose }: Props) {
  const texts = useTexts();
  const load = useReactors(messageId);
  const [groups, setGroups] = useState<readonly Group[] | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [chosen, setChosen] = useState(emoji);
  const group = groups?.find((it) => it.emoji === chosen) ?? groups?.[0];

  const begin = useCallback(() => {
    setFailed(false);
    load(null).then(setGroups, () => setFailed(true));
  }, [load]);
  useEffect(begin, [begin]);

  function more(of: Group) {
    const join = (page: Group[]) => {
      const next = page.find((it) => it.emoji === of.emoji);
      const longer = { ...of, after: next?.after ?? null, users: [...of.users, ...(next?.users ?? [])] };
      setGroups((before) => before?.map((it) => (it.emoji === of.emoji ? longer : it)) ?? null);
    };
    load(of.after).then(join, () => setFailed(true));
  }

  return (
    <Dialog title={texts.messages.reactions} onClose={onClose}>
      {hasFailed && (
        <State icon="alert" title={texts.errors.network}>
          <Button onClick={begin}>{texts.retry}</Button>
        </State>
      )}
      {!hasFailed && !groups && <Spinner label={texts.loading} />}
      {!hasFailed && groups && (
        <>
          <div className={styles.emojis} role="group" aria-label={texts.messages.emoji}>
            {groups.map((it) => (
              <button
                key={it.emoji}
                type="button"
                aria-pressed={it.emoji === group?.emoji}
                onClick={() => setChosen(it.emoji)}
              >
                <span>{it.emoji}</span> {it.count}
              </button>
            ))}
          </div>
          {group && <NameList label={texts.messages.reactedWith(group.emoji)} users={group.users} />}
          {group?.after && <Button onClick={() => more(group)}>{texts.chats.more}</Button>}
        </>
      )}
      <Button onClick={onClose}>{texts.close}</Button>
    </Dialog>
  );
}

/** Reads a page of names from the server. It is not cached, because it would be outdated at the next look. */
function useReactors(messageId: string): (after: string | null) => Promise<Group[]> {
  const client = useApolloClient();
  return useCallback(
    async (after) => {
      const variables = { messageId, after };
      const { data } = await client.query({ query: ReactorsDocument, variables, fetchPolicy: 'no-cache' });
      if (data?.node?.__typename !== 'Message') return [];
      return data.node.reactionGroups.map(({ emoji, count, users: { edges, pageInfo } }) => ({
        emoji,
        count,
        users: edges.map(({ node }) => node),
        after: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
      }));
    },
    [client, messageId],
  );
}
