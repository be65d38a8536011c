import { useSyncExternalStore } from 'react';

/** A value that outlives the page and that all tabs of the browser share. */
export interface Stored<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function stored<T>(
  key: string,
  parse: (text: string | null) => T,
  print: (value: T) => string | null,
): Stored<T> {
  const name = `parley.${key}`;
  const listeners = new Set<() => void>();
  let value = parse(localStorage.getItem(name));
  const tell = () => listeners.forEach((listener) => listener());

  window.addEventListener('storage', (event) => {
    if (event.key !== name) return;
    value = parse(event.newValue);
    tell();
  });

  return {
    get: () => value,
    set(next) {
      value = next;
      const text = print(next);
      if (text === null) localStorage.removeItem(name);
      else localStorage.setItem(name, text);
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStored<T>(item: Stored<T>): T {
  return useSyncExternalStore(item.subscribe, item.get);
}
