/**
 * Tabs refresh, and change the password, one at a time, because a refresh token is used once. Without Web Locks the server covers it: it answers
 * a repeated refresh with the same successor.
 */
export function oneTabAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request(name, work) : work();
}
