import type { UserNameFragment } from '../gql/graphql.ts';
import { useTexts } from '../language/language.ts';
import { useSetBlocked } from '../people/use-set-blocked.ts';
import { Button } from '../ui/Button.tsx';
import { Sentence } from '../ui/Sentence.tsx';
import styles from './BlockedBar.module.css';

/** Shown in place of the composer in a chat with somebody whom the viewer has blocked. */
export function BlockedBar({ user }: { user: UserNameFragment }) {
  const texts = useTexts().people;
  const setBlocked = useSetBlocked();
  return (
    <div className={styles.bar}>
      <p>
        <Sentence text={texts.isBlocked(user.displayName)} />
      </p>
      <Button onClick={() => void setBlocked(user.id, false)}>{texts.unblock}</Button>
    </div>
  );
}
