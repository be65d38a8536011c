import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { messageWords } from './message-words.ts';
import styles from './Quote.module.css';

/** The message that is replied to. A press on it goes there, if it is loaded. */
export function Quote({
  message,
  onGoTo,
}: {
  message: NonNullable<ListedMessageFragment['replyTo']>;
  onGoTo?: (id: string) => void;
}) {
  const texts = useTexts();
  return (
    <button type="button" tabIndex={-1} className={styles.quote} onClick={() => onGoTo?.(message.id)}>
      <span className="visually-hidden">{texts.messages.repliedTo('')}</span>
      <strong dir="auto">{message.author.displayName}</strong>
      <span dir="auto">{messageWords(message, texts)}</span>
    </button>
  );
}
