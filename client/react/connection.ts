import { useEffect, useSyncExternalStore } from 'react';
import type { ConnectionState } from '../events/stream.ts';
import type { Readable } from '../store.ts';

interface Stream extends Readable<ConnectionState> {
  start(): void;
  stop(): void;
}

/**
 * Runs the stream while the component is mounted, and returns its state. Use it once in an app, for a signed-in user.
 */
export function useLive(parley: { readonly events: Stream }): ConnectionState {
  const { events } = parley;
  useEffect(() => {
    events.start();
    return () => events.stop();
  }, [events]);
  return useConnection(parley);
}

/** The state of the stream. Use it in components other than the one that runs the stream. */
export function useConnection({ events }: { readonly events: Readable<ConnectionState> }): ConnectionState {
  return useSyncExternalStore(events.subscribe, events.getSnapshot, offline);
}

const offline = (): ConnectionState => 'offline';
