import { useUnread } from '@parley/client/react';
import type { ChatSummaryFragment, UserNameFragment } from '../gql/graphql.ts';
import { dateAndTime, shortDate } from '../language/dates.ts';
import type { Texts } from '../language/en.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Link } from '../Link.tsx';
import { messageWords } from '../messages/message-words.ts';
import { useSignedIn } from '../parley.ts';
import { paths } from '../router.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { classes } from '../ui/classes.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { chatTitle, partner } from './chat-title.ts';
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
        <span className={styles.last} dir="auto">
          <Sentence text={lastWords(chat, viewer, texts)} />
        </span>
        {isUnread && <UnreadCount unread={unread} />}
      </Link>
    </li>
  );
}

function lastWords(chat: ChatSummaryFragment, viewer: UserNameFragment, texts: Texts): string {
  const message = chat.lastMessage;
  if (!message) return texts.chats.noMessages;
  const words = messageWords(message, texts);
  if (message.author.id === viewer.id) return texts.chats.from(texts.you, words);
  return chat.kind === 'GROUP' ? texts.chats.from(message.author.displayName, words) : words;
}
