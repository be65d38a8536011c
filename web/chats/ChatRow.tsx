import { useUnread } from '@parley/client/react';
import type { ChatSummaryFragment } from '../gql/graphql.ts';
import { dateAndTime, shortDate } from '../language/dates.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { useSignedIn } from '../parley.ts';
import { paths } from '../router.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { classes } from '../ui/classes.ts';
import { chatTitle, partner } from './chat-title.ts';
import { LastWords } from './LastWords.tsx';
import { UnreadCount } from './UnreadCount.tsx';
import styles from './ChatRow.module.css';

export function ChatRow({ chat, isOpen }: { chat: ChatSummaryFragment; isOpen: boolean }) {
  const texts = useTexts();
  const language = useLanguage();
  const { parley, viewer } = useSignedIn();
  const unread = useUnread(parley, chat.id);
  const isUnread = unread?.isUnread === true;
  const title = chatTitle(chat, viewer, texts);
  return (
    <li>
      <Link
        href={paths.chat(chat.id)}
        className={classes(styles.row, isUnread && styles.unread)}
        aria-current={isOpen ? 'page' : undefined}
      >
        <Avatar id={partner(chat, viewer)?.id ?? chat.id} name={title} square={chat.kind === 'GROUP'} />
        <span className={styles.title} dir="auto">
          {title}
        </span>
        <time className={styles.time} dateTime={chat.lastActivityAt} title={dateAndTime(language, chat.lastActivityAt)}>
          {shortDate(language, chat.lastActivityAt)}
        </time>
        <LastWords chat={chat} isOpen={isOpen} />
        {isUnread && <UnreadCount unread={unread} />}
      </Link>
    </li>
  );
}
