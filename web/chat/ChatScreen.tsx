import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { chatTitle, partner } from '../chats/chat-title.ts';
import { ChatHeadDocument, type ChatHeadQuery, type MessageContentFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { Composer, type Draft } from '../messages/Composer.tsx';
import { MessageList } from '../messages/MessageList.tsx';
import { useSignedIn } from '../parley.ts';
import { paths } from '../router.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Spinner, State } from '../ui/State.tsx';
import { Details } from './Details.tsx';
import { canDeleteOthersMessages } from './rights.ts';
import styles from './ChatScreen.module.css';

export type ChatHead = NonNullable<ChatHeadQuery['chat']>;

export function ChatScreen({ chatId, showDetails }: { chatId: string; showDetails: boolean }) {
  const texts = useTexts();
  const { data, error, refetch } = useQuery(ChatHeadDocument, { variables: { chatId } });

  if (data?.chat) return <OpenChat chat={data.chat} showDetails={showDetails} />;
  if (data) {
    return (
      <State icon="chat" title={texts.chat.missing} text={texts.chat.missingText}>
        <Link href={paths.chats}>{texts.back}</Link>
      </State>
    );
  }
  if (error) {
    return (
      <State icon="alert" title={texts.chat.failed} text={texts.errors.network}>
        <Button onClick={() => void refetch()}>{texts.retry}</Button>
      </State>
    );
  }
  return (
    <div className={styles.loading}>
      <Spinner label={texts.loading} />
    </div>
  );
}

function OpenChat({ chat, showDetails }: { chat: ChatHead; showDetails: boolean }) {
  const texts = useTexts();
  const { viewer, titles } = useSignedIn();
  const [draft, setDraft] = useState<Draft>({ kind: 'new' });
  const title = chatTitle(chat, viewer, texts);
  const role = chat.members.edges.find(({ node }) => node.user.id === viewer.id)?.node.role;

  useEffect(() => {
    document.title = `${title} · Parley`;
    titles.set(chat.id, title);
  }, [chat.id, title, titles]);

  return (
    <div className={styles.screen} data-details={showDetails}>
      <section className={styles.chat} aria-label={title}>
        <Header chat={chat} title={title} showDetails={showDetails} />
        <MessageList
          chat={chat}
          title={title}
          canDeleteAny={canDeleteOthersMessages(role)}
          onReply={(message: MessageContentFragment) => setDraft({ kind: 'reply', message })}
          onEdit={(message: MessageContentFragment) => setDraft({ kind: 'edit', message })}
        />
        <Composer
          chatId={chat.id}
          title={title}
          draft={draft}
          onDone={() => setDraft({ kind: 'new' })}
          onEdit={(message) => setDraft({ kind: 'edit', message })}
        />
      </section>
      {showDetails && <Details chat={chat} title={title} role={role} />}
    </div>
  );
}

function Header({ chat, title, showDetails }: { chat: ChatHead; title: string; showDetails: boolean }) {
  const texts = useTexts();
  const { viewer } = useSignedIn();
  const other = partner(chat, viewer);
  const { edges, pageInfo } = chat.members;
  const about = other ? `@${other.username}` : texts.chat.members(edges.length) + (pageInfo.hasNextPage ? '+' : '');
  return (
    <header className={styles.header}>
      <Link href={paths.chats} className={styles.back} aria-label={texts.back}>
        <Icon name="back" size={24} />
      </Link>
      <Avatar id={other?.id ?? chat.id} name={title} square={!other} />
      <div className={styles.names}>
        <h1>{title}</h1>
        <p>{about}</p>
      </div>
      <Link
        href={showDetails ? paths.chat(chat.id) : paths.details(chat.id)}
        className={styles.toggle}
        aria-label={texts.chat.details}
        title={texts.chat.details}
        aria-expanded={showDetails}
        role="button"
      >
        <Icon name="info" />
      </Link>
    </header>
  );
}
