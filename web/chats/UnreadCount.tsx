import type { Unread } from '@parley/client';
import { useTexts } from '../language/language.ts';
import styles from './ChatRow.module.css';

/** The server counts up to this number. It stands for this many or more. */
const most = 100;

/** The number of unread messages of a chat, or a dot if the user has marked it as unread. */
export function UnreadCount({ unread }: { unread: Unread }) {
  const texts = useTexts();
  const { unreadCount, mentionCount = 0 } = unread;
  if (unreadCount === 0) return <span className={styles.dot} role="img" aria-label={texts.chats.leftUnread} />;
  const isMore = unreadCount >= most;
  return (
    <span className={styles.counts}>
      {mentionCount > 0 && (
        <span className={styles.count} role="img" aria-label={texts.mentions.unread(mentionCount)}>
          @
        </span>
      )}
      <span className={styles.count} role="img" aria-label={texts.chats.unread(unreadCount, isMore)}>
        {isMore ? `${most - 1}+` : unreadCount}
      </span>
    </span>
  );
}
