/**
 * Coordinates the tabs of one browser. A lock ends with its tab, even if the tab crashes or is suspended for good. So
 * no tab waits for another, and none has to announce itself.
 */

/** Milliseconds for which other tabs that hear of the same thing find the lock taken. */
const takenFor = 30_000;

/** Resolves to true in one tab only: the first that asks. */
export function take(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise((release) => setTimeout(release, takenFor));
      })
      .catch(reject);
  });
}

/** Holds a lock that other tabs can see, until the returned function is called. */
export function hold(name: string): () => void {
  if (!('locks' in navigator)) return () => {};
  const stop = new AbortController();
  const held = Promise.withResolvers<void>();
  navigator.locks.request(name, { mode: 'shared', signal: stop.signal }, () => held.promise).catch(() => {}); // it was released before it was granted
  return () => {
    stop.abort();
    held.resolve();
  };
}

/** Whether any tab holds the lock. */
export async function isHeld(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === name);
}
