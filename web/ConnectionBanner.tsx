import { useState, useSyncExternalStore } from 'react';
import type { ConnectionState } from '@parley/client';
import { useTexts } from './language/language.ts';
import { useParley } from './parley.ts';
import { Icon } from './ui/Icon.tsx';
import { useOnline } from './use-online.ts';
import styles from './ConnectionBanner.module.css';

/**
 * Says that what is shown may be outdated, or that unsent messages would be lost. The stylesheet delays the banner, so
 * that a short interruption shows nothing.
 */
export function ConnectionBanner({ live }: { live: ConnectionState }) {
  const texts = useTexts();
  const { unsaved } = useParley();
  const isOnline = useOnline();
  const [wasLive, setWasLive] = useState(false);
  if (live === 'live' && !wasLive) setWasLive(true);

  const isUnsaved = useSyncExternalStore(unsaved.subscribe, unsaved.getSnapshot);
  const isLost = !isOnline || live === 'offline' || (live === 'connecting' && wasLive);
  const { offline, connecting, catchingUp } = texts.connection;
  const text = isUnsaved
    ? texts.connection.unsaved
    : isLost
      ? offline
      : live === 'connecting'
        ? connecting
        : catchingUp;
  const isAlarm = isLost || isUnsaved;
  return (
    <div className={styles.place} role="status">
      {(live !== 'live' || isAlarm) && (
        <div className={styles.banner} data-lost={isAlarm}>
          <p>
            <Icon name={isAlarm ? 'alert' : 'clock'} size={16} />
            <span>{text}</span>
          </p>
        </div>
      )}
    </div>
  );
}
