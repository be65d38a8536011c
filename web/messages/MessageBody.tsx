import type { ListedMessageFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { plainFileName } from '../language/names.ts';
import { Link } from '../Link.tsx';
import { useViewer } from '../parley.ts';
import { parsePath } from '../router.ts';
import { Icon } from '../ui/Icon.tsx';
import { mentionParts, type Mentions } from '../mentions/mention-text.ts';
import { linkParts } from './links.ts';
import styles from './MessageBody.module.css';

export function MessageBody({
  message,
}: {
  message: Pick<ListedMessageFragment, 'isDeleted' | 'content' | 'type' | 'payload' | keyof Mentions>;
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
      {message.content && <Text content={message.content} mentions={message} />}
    </>
  );
}

/** The text as it was written, with its addresses as links. A text of emoji only is larger. */
export function Text({ content, mentions }: { content: string; mentions?: Mentions }) {
  const isEmoji = /^(?:\p{RGI_Emoji}\s*){1,3}$/v.test(content);
  return (
    <span className={isEmoji ? styles.emoji : styles.text}>
      {linkParts(content).map(({ text, href }, index) =>
        href === undefined ? (
          <Plain key={index} text={text} mentions={mentions} />
        ) : isHere(href) ? (
          <Link key={index} href={new URL(href).pathname} dir="ltr">
            {text}
          </Link>
        ) : (
          <a key={index} href={href} dir="ltr" target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        ),
      )}
    </span>
  );
}

/** Text without addresses. Mentions stand out, and those of the viewer most. */
function Plain({ text, mentions }: { text: string; mentions: Mentions | undefined }) {
  const viewer = useViewer();
  if (!mentions) return text;
  const isOfViewer = (part: string) => mentions.mentionsEveryone || part === `@${viewer.username}`;
  return mentionParts(text, mentions).map((part, index) =>
    part.isMention ? (
      <span key={index} className={styles.mention} data-viewer={isOfViewer(part.text)}>
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}

/** An address of this application, such as a link to a message, opens in the same tab. */
function isHere(href: string): boolean {
  if (!URL.canParse(href)) return false;
  const { origin, pathname } = new URL(href);
  return origin === location.origin && parsePath(pathname).page !== 'nowhere';
}

/** Other clients may send files. The content of the payload is up to them; a name and an address are usual. */
function Attachment({ payload }: { payload: unknown }) {
  const texts = useTexts();
  const { name, url } = (payload ?? {}) as { name?: unknown; url?: unknown };
  const label = (typeof name === 'string' && plainFileName(name)) || texts.messages.attachment;
  if (typeof url !== 'string' || !/^https?:/i.test(url)) {
    return (
      <p className={styles.attachment} dir="auto">
        {label}
      </p>
    );
  }
  return (
    <p className={styles.attachment} dir="auto">
      <a href={url} target="_blank" rel="noopener noreferrer">
        {label}
      </a>
    </p>
  );
}
