import type { InMemoryCache, Reference } from '@apollo/client';

/** `Chat.messages` in the cache: a window on the chat without gaps. Pages and events extend it. */
interface StoredWindow {
  readonly edges: readonly { readonly cursor: string; readonly node: Reference }[];
  readonly pageInfo: object;
}

/** Removes the newest messages from the window, except this many at its start. They can be loaded again. */
export function cutEnd(cache: InMemoryCache, chatId: string, kept: number): boolean {
  return change(cache, chatId, (window) => {
    if (window.edges.length <= kept) return window;
    const edges = window.edges.slice(0, kept);
    const endCursor = edges.at(-1)?.cursor;
    // An edge from an event has no cursor yet, so nothing could be loaded after it.
    return endCursor ? { ...window, edges, pageInfo: { ...window.pageInfo, hasNextPage: true, endCursor } } : window;
  });
}

/** Removes the oldest messages from the window, except this many at its end. */
export function cutStart(cache: InMemoryCache, chatId: string, kept: number): boolean {
  return change(cache, chatId, (window) => {
    if (window.edges.length <= kept) return window;
    const edges = window.edges.slice(-kept);
    const startCursor = edges[0]?.cursor;
    return startCursor
      ? { ...window, edges, pageInfo: { ...window.pageInfo, hasPreviousPage: true, startCursor } }
      : window;
  });
}

/** Removes the window. The chat is then loaded from its newest messages again. */
export function dropWindow(cache: InMemoryCache, chatId: string): void {
  cache.evict({ id: `Chat:${chatId}`, fieldName: 'messages' });
  release(cache);
}

function change(cache: InMemoryCache, chatId: string, cut: (window: StoredWindow) => StoredWindow): boolean {
  const isCut = cache.modify<{ messages: StoredWindow }>({
    id: `Chat:${chatId}`,
    fields: { messages: (window) => cut(window as StoredWindow) },
  });
  release(cache);
  return isCut;
}

/** The cache also keeps the results of earlier reads, including those of removed messages. */
function release(cache: InMemoryCache): void {
  cache.gc({ resetResultCache: true });
}
