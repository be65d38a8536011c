import { useTyping } from '@parley/client/react';
import { partner } from '../chats/chat-title.ts';
import { typingWords } from '../chats/typing-words.ts';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { Sentence } from '../ui/Sentence.tsx';
import type { ChatHead } from './chat-head.ts';
import styles from './ChatScreen.module.css';

/** The line below an open chat's name: the users who type, or else its members. */
export function About({ chat }: { chat: ChatHead }) {
  const texts = useTexts();
  const { parley, viewer } = useSignedIn();
  const other = partner(chat, viewer);
  const typing = typingWords(useTyping(parley, chat.id), chat.kind === 'DIRECT', texts);
  if (typing !== undefined) {
    return (
      <p className={styles.typing}>
        <Sentence text={typing} />
      </p>
    );
  }
  const { edges, pageInfo } = chat.members;
  return <p>{other ? `@${other.username}` : texts.chat.members(edges.length) + (pageInfo.hasNextPage ? '+' : '')}</p>;
}
