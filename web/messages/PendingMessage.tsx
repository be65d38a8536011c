import type { OutgoingMessage } from '@parley/client';
import { time } from '../language/dates.ts';
import type { ErrorCode } from '../gql/graphql.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { useParley } from '../parley.ts';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import { Text } from './MessageBody.tsx';
import styles from './Message.module.css';

/** An own message that is being sent, or could not be sent. */
export function PendingMessage({ bubble }: { bubble: OutgoingMessage }) {
  const texts = useTexts();
  const language = useLanguage();
  const { outbox } = useParley();
  const isFailed = bubble.state === 'failed';
  const reason = bubble.error && texts.errors[bubble.error.code as ErrorCode];
  return (
    <article
      className={classes(styles.message, styles.own, styles.start, styles.end)}
      tabIndex={-1}
      aria-label={texts.you}
    >
      <div className={styles.column}>
        <div className={classes(styles.bubble, isFailed ? styles.failed : styles.sending)}>
          <div className={styles.content} dir="auto">
            <Text content={bubble.input.content ?? ''} />
            <span className={styles.meta}>
              <time dateTime={bubble.createdAt}>{time(language, bubble.createdAt)}</time>
              <Icon name={isFailed ? 'alert' : 'clock'} size={14} />
              {!isFailed && <span className="visually-hidden">{texts.messages.sending}</span>}
            </span>
          </div>
        </div>
        {isFailed && (
          <p className={styles.failure} role="alert">
            {reason ? texts.messages.refused(reason) : texts.messages.notSent}{' '}
            <button
              type="button"
              onClick={(event) => {
                event.currentTarget.closest('article')?.focus();
                void outbox.retry(bubble.key);
              }}
            >
              {texts.messages.retry}
            </button>
            <button
              type="button"
              onClick={(event) => {
                event.currentTarget.closest('section')?.querySelector('textarea')?.focus();
                outbox.discard(bubble.key);
              }}
            >
              {texts.messages.discard}
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
