import { readKept, writeKept, type SessionStorage } from '../session/storage.ts';

const keyOf = (what: string, viewerId: string) => `parley.${what}.${viewerId}`;

interface Entry<T> {
  readonly key: string;
  readonly value: T;
}

/**
 * Stores what one user has written and not sent, in a storage that the tabs of a browser share. Each page changes its
 * own entries and leaves those of other pages.
 */
export class Unsent<T> {
  readonly #storage: SessionStorage;
  readonly #name: string;
  /** The entries that this page has read or written. */
  readonly #known = new Set<string>();

  constructor(storage: SessionStorage, what: 'outbox' | 'drafts', viewerId: string) {
    this.#storage = storage;
    this.#name = keyOf(what, viewerId);
  }

  read(): Entry<T>[] {
    const kept = readKept(this.#storage, this.#name);
    const entries = Array.isArray(kept) ? (kept as Entry<T>[]) : [];
    for (const { key } of entries) this.#known.add(key);
    return entries;
  }

  /** Returns whether the entries were stored. If the storage is full, the earlier ones stay. */
  write(entries: readonly Entry<T>[]): boolean {
    const kept = readKept(this.#storage, this.#name);
    const others = (Array.isArray(kept) ? (kept as Entry<T>[]) : []).filter(({ key }) => !this.#known.has(key));
    for (const { key } of entries) this.#known.add(key);
    const all = [...others, ...entries];
    return writeKept(this.#storage, this.#name, all.length > 0 ? all : null);
  }
}

/** Removes a user's unsent messages and drafts, at sign-out. */
export function forgetUnsent(storage: SessionStorage, viewerId: string): void {
  for (const what of ['outbox', 'drafts']) writeKept(storage, keyOf(what, viewerId), null);
}
