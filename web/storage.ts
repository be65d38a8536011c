const prefix = 'parley.';

/** `localStorage` is shared by all tabs of this origin, `sessionStorage` belongs to one tab. */
type Place = 'localStorage' | 'sessionStorage';

/**
 * The storage of the browser. The browser may refuse it, or it may be full. Values that could not be written are then
 * lost with the page.
 */
export function readStored(key: string, from: Place = 'localStorage'): string | null {
  return attempt(() => window[from].getItem(prefix + key)) ?? null;
}

/** Writes a text; null removes it. */
export function writeStored(key: string, text: string | null, to: Place = 'localStorage'): void {
  attempt(() => {
    if (text === null) window[to].removeItem(prefix + key);
    else window[to].setItem(prefix + key, text);
  });
}

/** The key of a value that belongs to one user, and is removed with them. */
export const keyOfUser = (userId: string, key: string) => `user.${userId}.${key}`;

/** Removes all values of a user from this browser. */
export function forgetUser(userId: string): void {
  const start = keyOfUser(userId, '');
  attempt(() => {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix + start));
    for (const name of names) localStorage.removeItem(name);
  });
  for (const { key, listener } of listeners) if (key.startsWith(start)) listener(null);
}

interface Listening {
  key: string;
  listener: (text: string | null) => void;
}

const listeners: Listening[] = [];

/** Calls the listener when another tab has changed the value of a key, or when it was removed with its user. */
export function onStored(key: string, listener: (text: string | null) => void): void {
  listeners.push({ key, listener });
}

window.addEventListener('storage', (event) => {
  // The key is null if the whole storage was cleared.
  for (const { key, listener } of listeners) {
    if (event.key === null || event.key === prefix + key) listener(event.newValue);
  }
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
