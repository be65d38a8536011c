import { useSyncExternalStore } from 'react';
import { useConnection } from '@parley/client/react';
import { useParley } from './parley.ts';

/** Whether the browser has a network: it knows of a lost one before a silent connection is found out. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

/** Whether the server can be asked, as far as is known. */
export function useIsReachable(): boolean {
  const live = useConnection(useParley());
  return useOnline() && live === 'live';
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}
