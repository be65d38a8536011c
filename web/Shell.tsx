import { useEffect } from 'react';
import { useLive } from '../client/react.ts';
import { ChatScreen } from './chat/ChatScreen.tsx';
import { useEndings } from './chats/endings.ts';
import { Sidebar } from './chats/Sidebar.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { useTexts } from './language/language.ts';
import { useResending } from './messages/use-resending.ts';
import { useParley } from './parley.ts';
import { NewChat } from './people/NewChat.tsx';
import { useRoute } from './router.ts';
import { State } from './ui/State.tsx';
import styles from './Shell.module.css';

/** The frame: chats on the left, the page on the right; on a phone one of the two. */
export function Shell() {
  const texts = useTexts();
  const route = useRoute();
  const live = useLive(useParley());
  useEndings(route);
  useResending(live);

  useEffect(() => {
    if (route.page !== 'chat') document.title = 'Parley';
  }, [route.page]);

  return (
    <main className={styles.shell} data-page={route.page}>
      <div className={styles.sidebar}>
        <Sidebar openChatId={route.page === 'chat' ? route.chatId : null} />
      </div>
      <div className={styles.page}>
        {route.page === 'chats' && <State icon="chat" title={texts.chats.choose} text={texts.chats.chooseText} />}
        {route.page === 'new' && <NewChat />}
        {route.page === 'chat' && <ChatScreen key={route.chatId} chatId={route.chatId} showDetails={route.details} />}
      </div>
      <ConnectionBanner live={live} />
    </main>
  );
}
