import { expect, test } from 'vitest';
import { isMutedNow } from '../../web/chats/muted.ts';
import { sections, type ListedChat, type View } from '../../web/chats/views.ts';

type State = Partial<NonNullable<ListedChat['viewerState']>>;

/** A chat whose last activity was on that day, and whose last message has that position. */
const chat = (id: string, day: number, state: State = {}, position = 5) =>
  ({
    id,
    lastActivityAt: `2026-01-0${day}`,
    lastMessage: { position },
    viewerState: { asOfPosition: 5, unreadCount: 0, isMarkedUnread: false, ...state },
  }) as ListedChat;

const shown = (view: View, chats: ListedChat[], pins: string[] = [], openChatId: string | null = null) => {
  const { pinned, others } = sections(view, chats, pins, openChatId);
  return [pinned.map(({ id }) => id).join(' '), others.map(({ id }) => id).join(' ')];
};

test('pinned chats come first in the order of their pins, and a new pin before them', () => {
  const isPinned = true;
  const chats = [chat('a', 1), chat('b', 2, { isPinned }), chat('c', 3), chat('d', 4, { isPinned })];
  expect(shown('all', chats, ['b', 'd'])).toEqual(['b d', 'c a']);
  expect(shown('all', [...chats, chat('e', 1, { isPinned })], ['b', 'd'])).toEqual(['e b d', 'c a']);
});

test('a chat is listed once, in its view alone', () => {
  const archived = chat('a', 1, { isArchived: true, isPinned: true });
  const unread = chat('b', 2, { unreadCount: 1 });
  const left = chat('c', 3, { isMarkedUnread: true });
  const chats = [archived, unread, left, chat('d', 4), unread];
  expect(shown('all', chats)).toEqual(['', 'd c b']);
  expect(shown('archived', chats)).toEqual(['', 'a']);
  expect(shown('unread', chats)).toEqual(['', 'c b']);
  expect(shown('unread', chats, [], 'd')).toEqual(['', 'd c b']);
});

test('a hidden chat is not listed until a message follows the state that hides it', () => {
  expect(shown('all', [chat('a', 1, { isHidden: true })])).toEqual(['', '']);
  expect(shown('all', [chat('a', 1, { isHidden: true }, 6)])).toEqual(['', 'a']);
});

test('a chat is muted until its time is over', () => {
  const at = Date.parse('2026-01-01T12:00:00Z');
  expect(isMutedNow({ isMuted: true, mutedUntil: null }, at)).toBe(true);
  expect(isMutedNow({ isMuted: true, mutedUntil: '2026-01-01T12:00:01Z' }, at)).toBe(true);
  expect(isMutedNow({ isMuted: true, mutedUntil: '2026-01-01T12:00:00Z' }, at)).toBe(false);
  expect(isMutedNow({ isMuted: false, mutedUntil: null }, at)).toBe(false);
});
