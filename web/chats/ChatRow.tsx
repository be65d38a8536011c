import { useState, type MouseEvent } from 'react';
import { useUnread } from '@parley/client/react';
import { dateAndTime, shortDate } from '../language/dates.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { useSignedIn } from '../parley.ts';
import { paths } from '../router.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { IconButton } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import { chatTitle, partner } from './chat-title.ts';
import { ChatMenu, type OpenMenu } from './ChatMenu.tsx';
import { LastWords } from './LastWords.tsx';
import { useIsMuted } from './muted.ts';
import { SwipeHint } from './SwipeHint.tsx';
import { UnreadCount } from './UnreadCount.tsx';
import type { Keeping } from './use-keeping.ts';
import { useSwipe } from './use-swipe.ts';
import type { ListedChat } from './views.ts';
import styles from './ChatRow.module.css';

interface Props {
  chat: ListedChat;
  isOpen: boolean;
  keeping: Keeping;
}

export function ChatRow({ chat, isOpen, keeping }: Props) {
  const texts = useTexts();
  const language = useLanguage();
  const { parley, viewer } = useSignedIn();
  const unread = useUnread(parley, chat.id);
  const isUnread = unread?.isUnread === true;
  const isMuted = useIsMuted(chat.viewerState);
  const isArchived = chat.viewerState?.isArchived === true;
  const title = chatTitle(chat, viewer, texts);

  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const open = (anchor: HTMLElement) => setMenu({ anchor, part: 'actions' });
  function onContextMenu(event: MouseEvent<HTMLElement>) {
    const link = event.currentTarget.querySelector('a');
    if (!link) return;
    event.preventDefault();
    // Lifting the button would close a menu that is already open.
    if ((event.buttons & 2) === 0) open(link);
    else window.addEventListener('pointerup', () => setTimeout(() => open(link)), { once: true });
  }

  const swipe = useSwipe((to) => {
    if (to === 'left') void keeping.setArchived(chat.id, !isArchived);
    else void keeping.setUnread(chat, !isUnread);
  });
  return (
    <li className={styles.item} onContextMenu={onContextMenu} {...swipe.handlers}>
      {swipe.offset !== 0 && (
        <SwipeHint
          side={swipe.offset < 0 ? 'right' : 'left'}
          icon={swipe.offset < 0 ? 'archive' : isUnread ? 'checks' : 'unread'}
          isFarEnough={swipe.isFarEnough}
        />
      )}
      <Link
        href={paths.chat(chat.id)}
        className={classes(styles.row, isUnread && styles.unread, isMuted && styles.quiet)}
        style={swipe.offset === 0 ? undefined : { translate: `${swipe.offset}px` }}
        aria-current={isOpen ? 'page' : undefined}
        draggable={false}
      >
        <Avatar id={partner(chat, viewer)?.id ?? chat.id} name={title} square={chat.kind === 'GROUP'} />
        <span className={styles.title} dir="auto">
          {title}
        </span>
        <span className={styles.when}>
          {isMuted && <Icon name="muted" size={14} />}
          {isMuted && <span className="visually-hidden">{texts.chats.muted}</span>}
          <time
            className={styles.time}
            dateTime={chat.lastActivityAt}
            title={dateAndTime(language, chat.lastActivityAt)}
          >
            {shortDate(language, chat.lastActivityAt)}
          </time>
        </span>
        <LastWords chat={chat} isOpen={isOpen} />
        {isUnread && <UnreadCount unread={unread} />}
      </Link>
      <IconButton
        icon="more"
        label={texts.chats.actions(title)}
        className={styles.menu}
        aria-haspopup="menu"
        aria-expanded={menu !== null}
        onClick={(event) => open(event.currentTarget)}
      />
      {menu && <ChatMenu {...{ chat, title, isUnread, isMuted, keeping, menu }} onChange={setMenu} />}
    </li>
  );
}
