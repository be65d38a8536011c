import { useQuery } from '@apollo/client/react';
import { useEffect } from 'react';
import { mentionsUser } from '@parley/client';
import { useStreamItem } from '@parley/client/react';
import { chatTitle } from '../chats/chat-title.ts';
import { MentionsDocument, type MentionsQuery } from '../gql/graphql.ts';
import { dateAndTime, shortDate } from '../language/dates.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { MessageBody } from '../messages/MessageBody.tsx';
import { useSignedIn, useViewer } from '../parley.ts';
import { paths } from '../router.ts';
import { setPageTitle } from '../title.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Spinner, State } from '../ui/State.tsx';
import { useRetry } from '../use-retry.ts';
import styles from './MentionsPage.module.css';

/** The messages that mention the viewer, newest first. Each leads to its place in its chat. */
export function MentionsPage() {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const { data, error, refetch, fetchMore } = useQuery(MentionsDocument, { fetchPolicy: 'cache-and-network' });
  useRetry(error, refetch);
  useStreamItem(parley, (item) => {
    if (item.__typename === 'MessageCreated' && mentionsUser(item.message, viewer.id)) void refetch().catch(() => {});
  });
  useEffect(() => setPageTitle(texts.mentions.title), [texts]);
  const mentions = data?.mentions;

  return (
    <section className={styles.page} aria-label={texts.mentions.title}>
      <header className={styles.header}>
        <Link href={paths.chats} className={styles.back} aria-label={texts.back}>
          <Icon name="back" size={24} />
        </Link>
        <h1>{texts.mentions.title}</h1>
      </header>
      {!mentions && !error && <Spinner label={texts.loading} />}
      {!mentions && error && (
        <State icon="alert" title={texts.mentions.failed}>
          <Button onClick={() => void refetch()}>{texts.retry}</Button>
        </State>
      )}
      {mentions?.edges.length === 0 && (
        <State icon="mention" title={texts.mentions.empty} text={texts.mentions.emptyText} />
      )}
      {mentions && mentions.edges.length > 0 && (
        <div className={styles.scroller}>
          <ul>
            {mentions.edges.map(({ node }) => (
              <Mention key={node.id} message={node} />
            ))}
          </ul>
          {mentions.pageInfo.hasNextPage && (
            <Button onClick={() => void fetchMore({ variables: { after: mentions.pageInfo.endCursor } })}>
              {texts.chats.more}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function Mention({ message }: { message: MentionsQuery['mentions']['edges'][number]['node'] }) {
  const texts = useTexts();
  const language = useLanguage();
  const viewer = useViewer();
  const { author, chat, createdAt } = message;
  return (
    <li className={styles.mention}>
      <Avatar id={author.id} name={author.displayName} size="small" />
      <div>
        <Link href={paths.message(message.chatId, message.id)}>
          <strong dir="auto">{author.displayName}</strong>
          <span dir="auto">{chatTitle(chat, viewer, texts)}</span>
          <time dateTime={createdAt} title={dateAndTime(language, createdAt)}>
            {shortDate(language, createdAt)}
          </time>
        </Link>
        <div dir="auto">
          <MessageBody message={message} />
        </div>
      </div>
    </li>
  );
}
