const prefix = 'parley.';

/**
 * The storage of the browser, shared by all tabs of this origin. The browser may refuse it or be full: what could not
 * be written is then forgotten with the page, and nothing else happens.
 */
export function readStored(key: string): string | null {
  return attempt(() => localStorage.getItem(prefix + key)) ?? null;
}

/** Writes a text, or removes it. */
export function writeStored(key: string, text: string | null): void {
  attempt(() => {
    if (text === null) localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, text);
  });
}

/** The key of something that belongs to one user, and goes with them. */
export const keyOfUser = (userId: string, key: string) => `user.${userId}.${key}`;

/** Forgets all that is stored for a user, in this browser. */
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

/** Tells when what is stored under a key was changed by another tab, or forgotten with its user. */
export function onStored(key: string, listener: (text: string | null) => void): void {
  listeners.push({ key, listener });
}

window.addEventListener('storage', (event) => {
  // Without a key, all of it was cleared.
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
