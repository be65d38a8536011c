import { useEffect, useRef, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { Button } from '../ui/Button.tsx';
import { State } from '../ui/State.tsx';
import { chatTitle } from './chat-title.ts';
import { ChatRow } from './ChatRow.tsx';
import { useChatList } from './use-chat-list.ts';
import { useKeeping } from './use-keeping.ts';
import { Views } from './Views.tsx';
import { sections, type ListedChat, type View } from './views.ts';
import styles from './Sidebar.module.css';

/** The chats in sections: the pinned ones above the others, or those of a filter. */
export function ChatList({ openChatId }: { openChatId: string | null }) {
  const texts = useTexts();
  const { viewer, titles } = useSignedIn();
  const keeping = useKeeping();
  const [view, setView] = useState<View>('all');
  const { chats, pins, isEmpty, isLoaded, error, refetch, loadMore, nextPage } = useChatList(view);

  useEffect(() => {
    chats?.forEach((chat) => titles.set(chat.id, chatTitle(chat, viewer, texts)));
  }, [chats, titles, viewer, texts]);

  if (!chats && error) {
    return (
      <State icon="alert" title={texts.chats.failed}>
        <Button onClick={() => void refetch()}>{texts.retry}</Button>
      </State>
    );
  }
  if (!chats) return <Placeholder />;
  if (isEmpty) return <State icon="chat" title={texts.chats.empty} text={texts.chats.emptyText} />;

  const { pinned, others } = sections(view, chats, pins, openChatId);
  const rows = (listed: ListedChat[]) =>
    listed.map((chat) => <ChatRow key={chat.id} chat={chat} isOpen={chat.id === openChatId} keeping={keeping} />);
  const hasSections = pinned.length > 0 && others.length > 0;
  return (
    <div className={styles.scroller}>
      <Views view={view} onChange={setView} />
      {pinned.length > 0 && (
        <section aria-label={texts.chats.pinned}>
          <h2 className={styles.section}>{texts.chats.pinned}</h2>
          <ul className={styles.list}>{rows(pinned)}</ul>
        </section>
      )}
      {hasSections && <h2 className={styles.section}>{texts.chats.others}</h2>}
      {others.length > 0 && <ul className={styles.list}>{rows(others)}</ul>}
      {pinned.length + others.length === 0 && isLoaded && nextPage === null && (
        <p className={styles.nothing}>{texts.chats.nothing[view]}</p>
      )}
      {nextPage !== null && <More key={nextPage} onSeen={loadMore} />}
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
