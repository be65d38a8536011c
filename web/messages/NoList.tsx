import { useTexts } from '../language/language.ts';
import { Button } from '../ui/Button.tsx';
import { Spinner, State } from '../ui/State.tsx';
import styles from './MessageList.module.css';

/** Shown in place of messages that are loading or could not be loaded. */
export function NoList({ isFailed, onRetry }: { isFailed: boolean; onRetry: () => void }) {
  const texts = useTexts();
  return (
    <div className={styles.frame}>
      {isFailed ? (
        <State icon="alert" title={texts.chat.failed} text={texts.errors.network}>
          <Button onClick={onRetry}>{texts.retry}</Button>
        </State>
      ) : (
        <div className={styles.loading}>
          <Spinner label={texts.loading} />
        </div>
      )}
    </div>
  );
}
