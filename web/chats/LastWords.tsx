import { useDraft, useTyping } from '@parley/client/react';
import type { ReactNode } from 'react';
import type { ChatSummaryFragment, UserNameFragment } from '../gql/graphql.ts';
import type { Texts } from '../language/en.ts';
import { useTexts } from '../language/language.ts';
import { messageWords } from '../messages/message-words.ts';
import { useSignedIn } from '../parley.ts';
import { Sentence } from '../ui/Sentence.tsx';
import { useInView } from '../use-in-view.ts';
import { typingWords } from './typing-words.ts';
import styles from './ChatRow.module.css';

/** The second line of a row: the users who type while the row is in view, or else a draft, or else the last message. */
export function LastWords({ chat, isOpen }: { chat: ChatSummaryFragment; isOpen: boolean }) {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const draft = useDraft(parley, chat.id).content.trim();
  const [place, isInView] = useInView<HTMLSpanElement>();
  const words =
    draft !== '' && !isOpen ? (
      <>
        <span className={styles.draft}>{texts.chats.draft}</span> {draft}
      </>
    ) : (
      <Sentence text={lastWords(chat, viewer, texts)} />
    );
  return (
    <span ref={place} className={styles.last} dir="auto">
      {isInView ? <TypingOr chat={chat} words={words} /> : words}
    </span>
  );
}

function TypingOr({ chat, words }: { chat: ChatSummaryFragment; words: ReactNode }) {
  const texts = useTexts();
  const { parley } = useSignedIn();
  const typing = typingWords(useTyping(parley, chat.id), chat.kind === 'DIRECT', texts);
  if (typing === undefined) return words;
  return (
    <span className={styles.typing}>
      <Sentence text={typing} />
    </span>
  );
}

function lastWords(chat: ChatSummaryFragment, viewer: UserNameFragment, texts: Texts): string {
  const message = chat.lastMessage;
  if (!message) return texts.chats.noMessages;
  const words = messageWords(message, texts);
  if (message.author.id === viewer.id) return texts.chats.from(texts.you, words);
  return chat.kind === 'GROUP' ? texts.chats.from(message.author.displayName, words) : words;
}
