/** `setTimeout` fires at once for a longer delay, in milliseconds: about 24.8 days. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Calls `onExpired` when an access token expires, however far away that is. Returns a function that cancels it. */
export function expiryTimer(expiresAt: Date, onExpired: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = expiresAt.getTime() - Date.now();
    timer = left > LONGEST_DELAY ? setTimeout(wait, LONGEST_DELAY) : setTimeout(onExpired, Math.max(left, 0));
  };
  wait();
  return () => clearTimeout(timer);
}
