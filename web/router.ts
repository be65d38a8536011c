import { useSyncExternalStore } from 'react';

/** The page that the address names. */
export type Route =
  { page: 'chats' } | { page: 'new' } | { page: 'mentions' } | { page: 'nowhere' } | ChatRoute | SettingsRoute;

interface ChatRoute {
  page: 'chat';
  chatId: string;
  details: boolean;
  /** The message to show. */
  messageId: string | null;
}

interface SettingsRoute {
  page: 'settings';
  /** Null: the list of them. */
  section: Section | null;
}

/** The pages about one's own account. */
export const sections = ['profile', 'sessions', 'password', 'privacy', 'blocked', 'delete'] as const;
export type Section = (typeof sections)[number];

export const paths = {
  chats: '/',
  newChat: '/new',
  settings: '/settings',
  section: (section: Section) => `/settings/${section}`,
  mentions: '/mentions',
  chat: (chatId: string) => `/chats/${encodeURIComponent(chatId)}`,
  details: (chatId: string) => `/chats/${encodeURIComponent(chatId)}/details`,
  message: (chatId: string, messageId: string) =>
    `/chats/${encodeURIComponent(chatId)}/messages/${encodeURIComponent(messageId)}`,
};

export function parsePath(path: string): Route {
  const [area, encoded = '', part, ...more] = path.split('/').filter(Boolean);
  const chatId = decode(encoded);
  if (area === undefined || (area === 'chats' && encoded === '')) return { page: 'chats' };
  if (area === 'new' && encoded === '') return { page: 'new' };
  if (area === 'settings' && part === undefined) {
    const section = sections.find((name) => name === encoded);
    if (section || encoded === '') return { page: 'settings', section: section ?? null };
  }
  if (area === 'mentions' && encoded === '') return { page: 'mentions' };
  if (area !== 'chats' || chatId === '') return { page: 'nowhere' };
  const chat = { page: 'chat', chatId, details: false, messageId: null } as const;
  if (part === undefined) return chat;
  if (part === 'details' && more.length === 0) return { ...chat, details: true };
  const messageId = decode(more[0] ?? '');
  return part === 'messages' && more.length === 1 && messageId !== '' ? { ...chat, messageId } : { page: 'nowhere' };
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
