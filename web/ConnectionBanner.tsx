import { useState, useSyncExternalStore } from 'react';
import type { ConnectionState } from '../client/core.ts';
import { useTexts } from './language/language.ts';
import { Icon } from './ui/Icon.tsx';
import styles from './ConnectionBanner.module.css';

/** Tells that what is shown may be old. A moment's gap is not worth a word: the banner comes in late, by its style. */
export function ConnectionBanner({ live }: { live: ConnectionState }) {
  const texts = useTexts();
  const isOnline = useSyncExternalStore(subscribeToNetwork, () => navigator.onLine);
  const [wasLive, setWasLive] = useState(false);
  if (live === 'live' && !wasLive) setWasLive(true);

  const isLost = !isOnline || live === 'offline' || (live === 'connecting' && wasLive);
  const text = isLost
    ? texts.connection.offline
    : live === 'connecting'
      ? texts.connection.connecting
      : texts.connection.catchingUp;
  return (
    <div className={styles.place} role="status">
      {(live !== 'live' || !isOnline) && (
        <p className={styles.banner} data-lost={isLost}>
          <Icon name={isLost ? 'alert' : 'clock'} size={16} />
          {text}
        </p>
      )}
    </div>
  );
}

/** The browser knows of a lost network before a silent connection is found out. */
function subscribeToNetwork(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}
