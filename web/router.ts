import { useSyncExternalStore } from 'react';

/** What the address names. */
export type Route = { page: 'chats' } | { page: 'new' } | { page: 'chat'; chatId: string; details: boolean };

export const paths = {
  chats: '/',
  newChat: '/new',
  chat: (chatId: string) => `/chats/${encodeURIComponent(chatId)}`,
  details: (chatId: string) => `/chats/${encodeURIComponent(chatId)}/details`,
};

export function parsePath(path: string): Route {
  const [area, encoded = '', part] = path.split('/').filter(Boolean);
  const chatId = decode(encoded);
  if (area === 'new') return { page: 'new' };
  if (area === 'chats' && chatId) return { page: 'chat', chatId, details: part === 'details' };
  return { page: 'chats' };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

const changed = new EventTarget();

export function navigate(path: string, { replace = false } = {}): void {
  if (path === location.pathname) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  changed.dispatchEvent(new Event('change'));
}

function subscribe(listener: () => void): () => void {
  changed.addEventListener('change', listener);
  window.addEventListener('popstate', listener);
  return () => {
    changed.removeEventListener('change', listener);
    window.removeEventListener('popstate', listener);
  };
}

export function useRoute(): Route {
  return parsePath(useSyncExternalStore(subscribe, () => location.pathname));
}
