import type { InMemoryCache, Reference } from '@apollo/client';

/** What the cache keeps of `Chat.messages`: a window on the chat without holes, which pages and events make grow. */
interface StoredWindow {
  readonly edges: readonly { readonly cursor: string; readonly node: Reference }[];
  readonly pageInfo: object;
}

/** Forgets the window's newest messages, but keeps so many at its start; from there on they can be loaded again. */
export function cutEnd(cache: InMemoryCache, chatId: string, kept: number): boolean {
  return change(cache, chatId, (window) => {
    if (window.edges.length <= kept) return window;
    const edges = window.edges.slice(0, kept);
    const endCursor = edges.at(-1)?.cursor;
    // What an event brought has no cursor yet: nothing could be loaded from there on.
    return endCursor ? { ...window, edges, pageInfo: { ...window.pageInfo, hasNextPage: true, endCursor } } : window;
  });
}

/** Forgets the window's oldest messages, but keeps so many at its end. */
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

/** Forgets the window: the chat is then loaded from its newest messages again. */
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

/** The cache also keeps what it once answered, and would keep it for messages that are gone. */
function release(cache: InMemoryCache): void {
  cache.gc({ resetResultCache: true });
}
