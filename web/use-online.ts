import { useSyncExternalStore } from 'react';
import { useConnection } from '@parley/client/react';
import { useParley } from './parley.ts';

/** Whether the browser has a network. It detects a lost network before the stream detects a silent connection. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

/** Whether the server can be reached, as far as is known. */
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
