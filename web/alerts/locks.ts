/**
 * What the tabs of one browser agree on. A lock ends with its tab, also with one that crashes or is put to sleep for good:
 * no tab waits for another, and none has to tell that it is there.
 */

/** So long the tabs that hear of the same thing later find it taken, in milliseconds. */
const takenFor = 30_000;

/** True in one tab, whichever asks first. */
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

/** Tells the other tabs of something that is so here, until the answer is called. */
export function hold(name: string): () => void {
  if (!('locks' in navigator)) return () => {};
  const stop = new AbortController();
  const held = Promise.withResolvers<void>();
  navigator.locks.request(name, { mode: 'shared', signal: stop.signal }, () => held.promise).catch(() => {}); // it was let go before it was held
  return () => {
    stop.abort();
    held.resolve();
  };
}

/** Whether it is so in any tab. */
export async function isHeld(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === name);
}
