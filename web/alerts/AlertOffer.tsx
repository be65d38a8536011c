import { useEffect, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { useSignedIn } from '../parley.ts';
import { useStored } from '../stored.ts';
import { Button } from '../ui/Button.tsx';
import { canNotify } from './alerts.ts';
import { useSetNotifications } from './use-set-notifications.ts';
import styles from './AlertOffer.module.css';

/**
 * Offers notifications once, to a user who has begun to write and so expects an answer. The browser's own question
 * needs a press.
 */
export function AlertOffer() {
  const texts = useTexts();
  const { parley, alerts } = useSignedIn();
  const { isAnswered } = useStored(alerts);
  const setNotifications = useSetNotifications();
  const [hasWritten, setWritten] = useState(false);
  useEffect(() => parley.outbox.subscribe(() => setWritten(true)), [parley]);
  if (!hasWritten || isAnswered || !canNotify() || Notification.permission !== 'default') return null;
  return (
    <div className={styles.offer} role="region" aria-label={texts.alerts.offer}>
      <p>{texts.alerts.offer}</p>
      <Button look="primary" onClick={() => void setNotifications(true)}>
        {texts.alerts.turnOn}
      </Button>
      <Button onClick={() => alerts.set({ ...alerts.get(), isAnswered: true })}>{texts.alerts.notNow}</Button>
    </div>
  );
}
