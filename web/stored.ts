import { useSyncExternalStore } from 'react';
import { onStored, readStored, writeStored } from './storage.ts';

/** A value that is stored in the browser and shared by all of its tabs. */
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
  const listeners = new Set<() => void>();
  let value = parse(readStored(key));
  const tell = () => listeners.forEach((listener) => listener());

  onStored(key, (text) => {
    value = parse(text);
    tell();
  });

  return {
    get: () => value,
    set(next) {
      value = next;
      writeStored(key, print(next));
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
