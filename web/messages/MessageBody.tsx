import type { MessageContentFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { Icon } from '../ui/Icon.tsx';
import styles from './MessageBody.module.css';

export function MessageBody({
  message,
}: {
  message: Pick<MessageContentFragment, 'isDeleted' | 'content' | 'type' | 'payload'>;
}) {
  const texts = useTexts();
  if (message.isDeleted) {
    return (
      <p className={styles.deleted}>
        <Icon name="trash" size={15} />
        {texts.messages.deleted}
      </p>
    );
  }
  const hasAttachment = message.type === 'IMAGE' || message.type === 'FILE';
  return (
    <>
      {hasAttachment && <Attachment payload={message.payload} />}
      {message.content && <Text content={message.content} />}
    </>
  );
}

/** Text as it was written, with its addresses made links. Only emoji: larger. */
export function Text({ content }: { content: string }) {
  const isEmoji = /^(?:\p{RGI_Emoji}\s*){1,3}$/v.test(content);
  return <p className={isEmoji ? styles.emoji : styles.text}>{linked(content)}</p>;
}

function linked(content: string) {
  return content.split(/(https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]}'»])/g).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ),
  );
}

/** Other clients may send files. What the payload says of them is theirs to agree on; a name and an address are usual. */
function Attachment({ payload }: { payload: unknown }) {
  const texts = useTexts();
  const { name, url } = (payload ?? {}) as { name?: unknown; url?: unknown };
  const label = typeof name === 'string' ? name : texts.messages.attachment;
  if (typeof url !== 'string' || !/^https?:/.test(url)) return <p className={styles.attachment}>{label}</p>;
  return (
    <p className={styles.attachment}>
      <a href={url} target="_blank" rel="noopener noreferrer">
        {label}
      </a>
    </p>
  );
}
