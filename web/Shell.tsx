import { lazy, useEffect, useRef } from 'react';
import { useLive } from '@parley/client/react';
import { Notifier } from './alerts/Notifier.tsx';
import { ChatScreen } from './chat/ChatScreen.tsx';
import { EndedChat } from './chat/EndedChat.tsx';
import { useEndings } from './chats/endings.ts';
import { Sidebar } from './chats/Sidebar.tsx';
import { UnreadTitle } from './chats/UnreadTitle.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { refuseFiles } from './dropped-files.ts';
import { useTexts } from './language/language.ts';
import { useParley } from './parley.ts';
import { paths, useRoute } from './router.ts';
import { ButtonLink } from './ui/Button.tsx';
import { notify } from './ui/notices.tsx';
import { setPageTitle } from './title.ts';
import { OnDemand } from './ui/OnDemand.tsx';
import { State } from './ui/State.tsx';
import styles from './Shell.module.css';

const AccountPages = lazy(async () => ({ default: (await import('./account/AccountPages.tsx')).AccountPages }));
const NewChat = lazy(async () => ({ default: (await import('./people/NewChat.tsx')).NewChat }));
const MentionsPage = lazy(async () => ({ default: (await import('./mentions/MentionsPage.tsx')).MentionsPage }));

/** The frame of the application: chats on the left and the page on the right; on a phone one of the two. */
export function Shell() {
  const texts = useTexts();
  const route = useRoute();
  const live = useLive(useParley());
  const reasons = useEndings(route);

  const reason = route.page === 'chat' ? reasons.get(route.chatId) : undefined;
  const page = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (route.page === 'chats' || route.page === 'nowhere') setPageTitle(null);
  }, [route.page]);

  useEffect(() => refuseFiles(() => notify(texts.messages.noFiles)), [texts]);

  // The focused element may have been removed with its page, so the focus moves to the new page.
  const place = `${route.page} ${route.page === 'chat' ? route.chatId : ''} ${reason ?? ''}`;
  const shownPlace = useRef(place);
  useEffect(() => {
    if (shownPlace.current !== place && document.activeElement === document.body) page.current?.focus();
    shownPlace.current = place;
  }, [place]);

  return (
    <main className={styles.shell} data-page={route.page}>
      <ConnectionBanner live={live} />
      <Notifier />
      <UnreadTitle />
      <div className={styles.sidebar}>
        <Sidebar openChatId={route.page === 'chat' ? route.chatId : null} />
      </div>
      <div ref={page} className={styles.page} tabIndex={-1}>
        {route.page === 'chats' && <State icon="chat" title={texts.chats.choose} text={texts.chats.chooseText} />}
        {route.page === 'new' && (
          <OnDemand>
            <NewChat />
          </OnDemand>
        )}
        {route.page === 'mentions' && (
          <OnDemand>
            <MentionsPage />
          </OnDemand>
        )}
        {route.page === 'settings' && (
          <OnDemand>
            <AccountPages section={route.section} />
          </OnDemand>
        )}
        {route.page === 'nowhere' && (
          <State icon="alert" title={texts.nowhere} text={texts.nowhereText}>
            <ButtonLink href={paths.chats}>{texts.chat.toChats}</ButtonLink>
          </State>
        )}
        {route.page === 'chat' &&
          (reason === undefined ? (
            <ChatScreen key={route.chatId} {...route} />
          ) : (
            <EndedChat chatId={route.chatId} reason={reason} />
          ))}
      </div>
    </main>
  );
}
