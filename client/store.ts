/** A value that can be watched, in the shape that `useSyncExternalStore` takes. */
export interface Readable<T> {
  getSnapshot(): T;
  subscribe(listener: () => void): () => void;
}

export interface Store<T> extends Readable<T> {
  set(value: T): void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => value,
    subscribe(listener) {
      // Each subscription gets a function of its own, because a listener may be subscribed twice.
      const own = () => listener();
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
  };
}

/** The store, which calls `count` when a watcher is added or removed. */
export function watched<T>(store: Readable<T>, count: (by: 1 | -1) => void): Readable<T> {
  return {
    getSnapshot: store.getSnapshot,
    subscribe(listener) {
      const stop = store.subscribe(listener);
      count(1);
      return () => {
        stop();
        count(-1);
      };
    },
  };
}
