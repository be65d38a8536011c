import { useTexts } from '../language/language.ts';
import { Icon } from '../ui/Icon.tsx';
import styles from './MessageList.module.css';

/** Scrolls back to the end of the chat, and shows the number of messages that have arrived there. */
export function ToNewest({ arrived, onPress }: { arrived: number; onPress: () => void }) {
  const texts = useTexts();
  return (
    <button
      type="button"
      className={styles.toNewest}
      aria-label={texts.messages.toNewest}
      title={texts.messages.toNewest}
      onClick={onPress}
    >
      {arrived > 0 && <span>{texts.messages.newBelow(arrived)}</span>}
      <Icon name="down" />
    </button>
  );
}
