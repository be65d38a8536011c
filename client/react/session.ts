import { useSyncExternalStore } from 'react';
import type { SignedIn } from '../session/session.ts';
import type { Readable } from '../store.ts';

/** The signed-in user, or null. */
export function useSession(session: Readable<SignedIn | null>): SignedIn | null {
  return useSyncExternalStore(session.subscribe, session.getSnapshot, () => null);
}
