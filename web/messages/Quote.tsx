import { messageWords } from '../chats/ChatRow.tsx';
import type { MessageContentFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import styles from './Quote.module.css';

/** The message that is replied to; a press leads there, if it is loaded. */
export function Quote({
  message,
  onGoTo,
}: {
  message: NonNullable<MessageContentFragment['replyTo']>;
  onGoTo?: (id: string) => void;
}) {
  const texts = useTexts();
  return (
    <button type="button" tabIndex={-1} className={styles.quote} onClick={() => onGoTo?.(message.id)}>
      <span className="visually-hidden">{texts.messages.repliedTo('')}</span>
      <strong>{message.author.displayName}</strong>
      <span>{messageWords(message, texts)}</span>
    </button>
  );
}
