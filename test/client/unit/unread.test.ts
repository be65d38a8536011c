import { describe, expect, test } from 'vitest';
import {
  forgotten,
  happened,
  isExact,
  nothingKnown,
  shown,
  summarise,
  told,
  wasLeftUnread,
  type ChatUnread,
  type ViewerState,
} from '../../../client/read-state/unread.ts';

const CHAT = 'chat';

const state = (asOfPosition: number, unreadCount: number, more: Partial<ViewerState> = {}): ViewerState => ({
  chatId: CHAT,
  version: 1,
  asOfPosition,
  readPosition: asOfPosition - unreadCount,
  unreadCount,
  isMarkedUnread: false,
  ...more,
});

const event = (__typename: string, position: number, message: object = {}) => ({
  __typename,
  chatId: CHAT,
  position,
  message: { id: `m${position}`, chatId: CHAT, authorId: 'grace', type: 'TEXT', position, ...message },
});
const sent = (position: number, message: object = {}) => event('MessageCreated', position, message);
const deleted = (position: number, of: number) => event('MessageDeleted', position, { id: `m${of}`, position: of });

const after = (known: ChatUnread, ...items: ReturnType<typeof event>[]): ChatUnread =>
  items.reduce((chat, item) => happened(chat, item, 'ada'), known);
const from = (...of: Parameters<typeof state>) => told(nothingKnown, state(...of));
const count = (chat: ChatUnread) => shown(chat)?.unreadCount;

describe('what is counted beyond what the server counted', () => {
  test('messages of others, and neither one’s own nor lines of the server', () => {
    const chat = after(from(10, 2), sent(11), sent(12, { authorId: 'ada' }), sent(13, { type: 'SYSTEM' }), sent(14));
    expect(count(chat)).toBe(4);
    expect(isExact(chat)).toBe(true);
  });

  test('nothing at or below the position as of which the server counted, and nothing twice', () => {
    expect(count(after(from(10, 2), sent(9), sent(10), sent(11), sent(11)))).toBe(3);
  });

  test('nothing that was read, also where more was read than the server had counted', () => {
    const chat = after(from(10, 2, { readPosition: 12 }), sent(11), sent(12), sent(13));
    expect(count(chat)).toBe(3);
  });

  test('no other event: edits and reactions take positions too', () => {
    expect(count(after(from(10, 2), event('MessageEdited', 11), event('ReactionAdded', 12), sent(13)))).toBe(3);
  });

  test('100 means 100 or more', () => {
    expect(count(after(from(10, 99), sent(11), sent(12)))).toBe(100);
  });
});

describe('a deletion', () => {
  test('that arrives before a state which still counts the message makes the kit ask', () => {
    const chat = after(from(10, 2), sent(11), deleted(12, 11));
    const older = told(chat, state(11, 3, { version: 2 }));
    expect(isExact(older)).toBe(false);
    const asked = told(older, state(12, 2, { version: 2 }));
    expect(isExact(asked)).toBe(true);
    expect(count(asked)).toBe(2);
  });

  test('of a message that was counted here is one less', () => {
    const chat = after(from(10, 2), sent(11), sent(12), deleted(13, 11));
    expect(count(chat)).toBe(3);
    expect(isExact(chat)).toBe(true);
  });

  test('of a message that the server counted has to be asked for', () => {
    const chat = after(from(10, 2), sent(11), deleted(12, 9));
    expect(isExact(chat)).toBe(false);
    expect(count(chat)).toBe(3);
    const asked = told(chat, state(12, 2, { readPosition: 8 }));
    expect(isExact(asked)).toBe(true);
    expect(count(asked)).toBe(2);
  });

  test('is not in an answer from before it', () => {
    const chat = after(from(10, 2), deleted(12, 9));
    const early = told(chat, state(11, 3, { readPosition: 8 }));
    expect(isExact(early)).toBe(false);
  });

  test('of what was read, or from before the server counted, changes nothing', () => {
    const chat = from(10, 2);
    expect(after(chat, deleted(11, 8))).toBe(chat);
    expect(after(chat, deleted(10, 9))).toBe(chat);
  });

  test('of one’s own message changes nothing', () => {
    const chat = from(10, 2);
    expect(after(chat, event('MessageDeleted', 11, { id: 'm9', position: 9, authorId: 'ada' }))).toBe(chat);
  });
});

describe('what cannot be counted has to be asked for:', () => {
  test.each([
    ['an event that the kit does not know', event('MessagePinned', 11)],
    ['a message without its author', sent(11, { authorId: undefined })],
    ['a message without its type', sent(11, { type: undefined })],
  ])('%s', (_, item) => {
    const chat = after(from(10, 2), item);
    expect(isExact(chat)).toBe(false);
    expect(isExact(told(chat, state(11, 3)))).toBe(true);
  });

  test('what happened before the server told anything', () => {
    const chat = after(nothingKnown, sent(11));
    expect(shown(chat)).toBeUndefined();
    expect(isExact(told(chat, state(10, 2)))).toBe(false);
    expect(isExact(told(chat, state(11, 3)))).toBe(true);
  });

  test('more than a few hundred messages', () => {
    let chat = from(10, 0);
    for (let position = 11; position <= 600; position++) chat = after(chat, sent(position));
    expect(isExact(chat)).toBe(false);
    expect(count(chat)).toBe(100);
  });
});

describe('of two states', () => {
  test('the higher version is the newer one, whichever comes last', () => {
    const newer = state(12, 0, { version: 3 });
    expect(shown(told(told(nothingKnown, newer), state(12, 4, { version: 2 })))).toEqual(newer);
    expect(shown(told(told(nothingKnown, state(12, 4, { version: 2 })), newer))).toEqual(newer);
  });

  test('of one version the later count is the newer one', () => {
    expect(count(told(from(12, 4), state(11, 3)))).toBe(4);
    expect(count(told(from(11, 3), state(12, 4)))).toBe(4);
  });

  test('a chat that begins anew counts from there, if its version is not older', () => {
    const chat = after(from(20, 4), sent(21));
    expect(count(told(chat, state(9, 1), true))).toBe(1);
    const older = told(chat, state(9, 1, { version: 0 }), true);
    expect(isExact(older)).toBe(false);
    expect(count(told(older, state(9, 1, { version: 0 })))).toBe(1);
  });

  test('after all was forgotten the next one counts, whatever its version', () => {
    const chat = forgotten(from(20, 4, { version: 9 }));
    expect(isExact(chat)).toBe(false);
    expect(count(chat)).toBe(4);
    const next = told(chat, state(12, 1, { version: 2 }));
    expect(isExact(next)).toBe(true);
    expect(count(next)).toBe(1);
  });
});

describe('what the user has just read', () => {
  const chat = after(from(10, 2, { isMarkedUnread: true }), sent(11), sent(12));

  test('counts no longer, before the server has heard of it', () => {
    expect(shown({ ...chat, reading: 11 })).toMatchObject({ unreadCount: 1, readPosition: 11, isMarkedUnread: false });
  });

  test('counts until the server says how many are left, where it was only a part of what the server counted', () => {
    expect(shown({ ...chat, reading: 9 })).toMatchObject({ unreadCount: 4, readPosition: 9 });
  });

  test('counts again where the user left it unread on another device', () => {
    const reading = { ...from(10, 2), reading: 10 };
    const left = state(10, 3, { version: 2, isMarkedUnread: true });
    expect(wasLeftUnread(reading, left)).toBe(true);
    expect(shown(told(reading, left))).toMatchObject({ unreadCount: 3, isMarkedUnread: true });
    expect(wasLeftUnread(told(reading, left), { ...left, version: 3 })).toBe(false);
  });
});

test('chats are counted once each, silent ones apart', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(
    summarise(
      [
        state(10, 5),
        state(10, 0),
        state(10, 0, { isMarkedUnread: true }),
        state(10, 1, { isMuted: true, mutedUntil: null }),
        state(10, 1, { isMuted: true, mutedUntil: '2026-01-01T13:00:00Z', mentionCount: 1 }),
        state(10, 1, { isMuted: true, mutedUntil: '2026-01-01T11:00:00Z' }),
      ],
      now,
    ),
  ).toEqual({ chatCount: 3, mutedChatCount: 2, mentionChatCount: 1 });
});
