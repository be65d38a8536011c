import { useTexts } from '../language/language.ts';
import styles from './Folded.module.css';

/** Stands for the message of somebody whom the viewer has blocked, until the viewer wants to see it. */
export function Folded({ onShow }: { onShow: () => void }) {
  const texts = useTexts();
  return (
    <p className={styles.folded}>
      <span>{texts.people.folded}</span>
      <button
        type="button"
        onClick={(event) => {
          event.currentTarget.closest<HTMLElement>('article')?.focus(); // the button goes
          onShow();
        }}
      >
        {texts.people.show}
      </button>
    </p>
  );
}
