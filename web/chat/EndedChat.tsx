import { useEffect } from 'react';
import { useDraft } from '@parley/client/react';
import { useTexts } from '../language/language.ts';
import { useParley } from '../parley.ts';
import { paths } from '../router.ts';
import { setPageTitle } from '../title.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Sentence } from '../ui/Sentence.tsx';
import { State } from '../ui/State.tsx';
import styles from './EndedChat.module.css';

/** Shown when somebody else has ended the open chat: says who did, and gives unsent text back. */
export function EndedChat({ chatId, reason }: { chatId: string; reason: string }) {
  const texts = useTexts();
  const draft = useDraft(useParley(), chatId).content.trim();

  useEffect(() => {
    setPageTitle(null);
  }, []);

  return (
    <State icon="chat" title={<Sentence text={reason} />}>
      {draft !== '' && (
        <>
          <p>{texts.chat.unsent}</p>
          <blockquote className={styles.draft} dir="auto">
            {draft}
          </blockquote>
          <Button onClick={() => void navigator.clipboard.writeText(draft)}>{texts.messages.copy}</Button>
        </>
      )}
      <ButtonLink href={paths.chats}>{texts.chat.toChats}</ButtonLink>
    </State>
  );
}
