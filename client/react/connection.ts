import { useEffect, useSyncExternalStore } from 'react';
import type { ConnectionState } from '../events/stream.ts';
import type { Readable } from '../store.ts';

interface Stream extends Readable<ConnectionState> {
  start(): void;
  stop(): void;
}

/** Runs the stream while the component is mounted, and says how it is. Once in an app: around what needs a user. */
export function useLive(parley: { readonly events: Stream }): ConnectionState {
  const { events } = parley;
  useEffect(() => {
    events.start();
    return () => events.stop();
  }, [events]);
  return useConnection(parley);
}

/** How the stream is, wherever it is run. */
export function useConnection({ events }: { readonly events: Readable<ConnectionState> }): ConnectionState {
  return useSyncExternalStore(events.subscribe, events.getSnapshot, offline);
}

const offline = (): ConnectionState => 'offline';
