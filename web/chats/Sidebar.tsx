import { AlertOffer } from '../alerts/AlertOffer.tsx';
import { AlertSettings } from '../alerts/AlertSettings.tsx';
import { useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { paths } from '../router.ts';
import { Mark } from '../session/Mark.tsx';
import { SettingsButton } from '../settings/Settings.tsx';
import { Icon } from '../ui/Icon.tsx';
import { ChatList } from './ChatList.tsx';
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
          <Link
            href={paths.mentions}
            className={styles.link}
            aria-label={texts.mentions.title}
            title={texts.mentions.title}
          >
            <Icon name="mention" />
          </Link>
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
