import { useEffect, useRef } from 'react';

interface Items<Item> {
  onItem(listener: (item: Item) => void): () => void;
}

/** Calls `handler` with each item while the component is mounted, after the cache shows it. */
export function useStreamItem<Item>({ events }: { readonly events: Items<Item> }, handler: (item: Item) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => events.onItem((item) => latest.current(item)), [events]);
}
