import { useState, type SubmitEvent } from 'react';
import { limits } from '../../src/limits.ts';
import { useTexts } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import styles from './Details.module.css';

export function Rename({
  title,
  onSave,
  onCancel,
}: {
  title: string;
  onSave: (title: string) => Promise<void>;
  onCancel: () => void;
}) {
  const texts = useTexts();
  const [next, setNext] = useState(title);
  const [isBusy, setBusy] = useState(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setBusy(true);
    await onSave(next.trim());
    setBusy(false);
  }

  return (
    <form
      className={styles.rename}
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === 'Escape' && !event.nativeEvent.isComposing && onCancel()}
    >
      <TextField
        label={texts.details.name}
        value={next}
        maxLength={limits.chatTitle.characters}
        required
        autoFocus
        onChange={(event) => setNext(event.target.value)}
      />
      <div>
        <Button onClick={onCancel}>{texts.cancel}</Button>
        <Button type="submit" look="primary" busy={isBusy} disabled={next.trim() === ''}>
          {texts.save}
        </Button>
      </div>
    </form>
  );
}
