/** Exponential back-off with full jitter: clients that lost one server do not come back in step. */
export function backoff(attempt: number, longest = 30_000): number {
  return Math.random() * Math.min(longest, 1_000 * 2 ** attempt);
}

/** Waits. The wait ends early when the network or the user comes back. */
export function pause(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unlisten();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const unlisten = onReturn(done);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}

/**
 * Calls the listener when the browser reports that the network or the tab's user is back. Outside of browsers it never
 * does.
 */
export function onReturn(listener: () => void): () => void {
  const visible = () => {
    if (document.visibilityState === 'visible') listener();
  };
  globalThis.addEventListener?.('online', listener);
  globalThis.document?.addEventListener('visibilitychange', visible);
  return () => {
    globalThis.removeEventListener?.('online', listener);
    globalThis.document?.removeEventListener('visibilitychange', visible);
  };
}
