import type { ChatDraft } from '@parley/client';
import { useTexts } from '../language/language.ts';
import { useParley } from '../parley.ts';
import { Button } from '../ui/Button.tsx';
import styles from './DraftConflict.module.css';

/** Shown if a draft was written on two devices: the other text, and the choice between the two. */
export function DraftConflict({ chatId, begun, other }: { chatId: string; begun: ChatDraft; other: string }) {
  const texts = useTexts();
  const { drafts } = useParley();
  const choices = [
    { label: texts.composer.keepThis, content: begun.content },
    { label: texts.composer.takeOther, content: other },
    { label: texts.composer.keepBoth, content: `${other}\n${begun.content}` },
  ];
  return (
    <section className={styles.conflict} aria-label={texts.composer.conflict}>
      <p role="alert">{texts.composer.conflict}</p>
      <blockquote dir="auto">{other}</blockquote>
      <div>
        {choices.map(({ label, content }) => (
          <Button key={label} onClick={() => drafts.resolve(chatId, content)}>
            {label}
          </Button>
        ))}
      </div>
    </section>
  );
}
