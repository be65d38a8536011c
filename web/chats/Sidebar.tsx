import { useQuery } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { AlertOffer } from '../alerts/AlertOffer.tsx';
import { AlertSettings } from '../alerts/AlertSettings.tsx';
import { ChatsDocument } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { useSignedIn } from '../parley.ts';
import { paths } from '../router.ts';
import { Mark } from '../session/Mark.tsx';
import { SettingsButton } from '../settings/Settings.tsx';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { State } from '../ui/State.tsx';
import { useRetry } from '../use-retry.ts';
import { chatTitle } from './chat-title.ts';
import { ChatRow } from './ChatRow.tsx';
import { MarkAllRead } from './MarkAllRead.tsx';
import styles from './Sidebar.module.css';

export function Sidebar({ openChatId }: { openChatId: string | null }) {
  const texts = useTexts();
  return (
    <nav className={styles.sidebar} aria-label={texts.chats.list}>
      <div>
        <header className={styles.header}>
          <Mark size={30} />
          <h1>{texts.chats.title}</h1>
          <MarkAllRead />
          <SettingsButton>
            <AlertSettings />
          </SettingsButton>
          <Link
            href={paths.newChat}
            className={styles.new}
            aria-label={texts.newChat.title}
            title={texts.newChat.title}
          >
            <Icon name="plus" />
          </Link>
        </header>
        <AlertOffer />
      </div>
      <ChatList openChatId={openChatId} />
    </nav>
  );
}

function ChatList({ openChatId }: { openChatId: string | null }) {
  const texts = useTexts();
  const { viewer, titles } = useSignedIn();
  const { data, error, refetch, fetchMore } = useQuery(ChatsDocument);
  const chats = data?.chats.edges;
  useRetry(error, refetch);

  useEffect(() => {
    chats?.forEach(({ node }) => titles.set(node.id, chatTitle(node, viewer, texts)));
  }, [chats, titles, viewer, texts]);

  if (!chats && error) {
    return (
      <State icon="alert" title={texts.chats.failed}>
        <Button onClick={() => void refetch()}>{texts.retry}</Button>
      </State>
    );
  }
  if (!chats) return <Placeholder />;
  if (chats.length === 0) return <State icon="chat" title={texts.chats.empty} text={texts.chats.emptyText} />;

  const { hasNextPage, endCursor } = data.chats.pageInfo;
  return (
    <div className={styles.scroller}>
      <ul className={styles.list}>
        {chats.map(({ node }) => (
          <ChatRow key={node.id} chat={node} isOpen={node.id === openChatId} />
        ))}
      </ul>
      {hasNextPage && <More onSeen={() => void fetchMore({ variables: { after: endCursor } })} />}
    </div>
  );
}

/** Loads the next page when it comes near, and with a press where the list does not scroll. */
function More({ onSeen }: { onSeen: () => void }) {
  const texts = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  useEffect(() => {
    seen.current = onSeen;
  });
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && seen.current(), {
      rootMargin: '400px',
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className={styles.more}>
      <Button onClick={onSeen}>{texts.chats.more}</Button>
    </div>
  );
}

function Placeholder() {
  const texts = useTexts();
  return (
    <div className={styles.placeholder} role="status">
      <span className="visually-hidden">{texts.loading}</span>
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} />
      ))}
    </div>
  );
}
