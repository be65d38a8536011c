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

describe('the messages that are counted beyond the server’s count', () => {
  test('are messages of others, without one’s own and lines of the server', () => {
    const chat = after(from(10, 2), sent(11), sent(12, { authorId: 'ada' }), sent(13, { type: 'SYSTEM' }), sent(14));
    expect(count(chat)).toBe(4);
    expect(isExact(chat)).toBe(true);
  });

  test('are above the position as of which the server counted, each once', () => {
    expect(count(after(from(10, 2), sent(9), sent(10), sent(11), sent(11)))).toBe(3);
  });

  test('are not read, even if more was read than the server had counted', () => {
    const chat = after(from(10, 2, { readPosition: 12 }), sent(11), sent(12), sent(13));
    expect(count(chat)).toBe(3);
  });

  test('are no other events: edits and reactions take positions too', () => {
    expect(count(after(from(10, 2), event('MessageEdited', 11), event('ReactionAdded', 12), sent(13)))).toBe(3);
  });

  test('100 means 100 or more', () => {
    expect(count(after(from(10, 99), sent(11), sent(12)))).toBe(100);
  });
});

describe('mentions', () => {
  const mentions = { mentionedUsers: [{ id: 'ada' }], mentionsEveryone: false };
  const none = { mentionedUsers: [{ id: 'linus' }], mentionsEveryone: false };
  const mentioned = (chat: ChatUnread) => shown(chat)?.mentionCount;
  const counted = from(10, 2, { mentionCount: 1 });
  const edited = (position: number, of: number, message: object) =>
    event('MessageEdited', position, { id: `m${of}`, position: of, ...message });

  test('of new messages join those that the server counted, also of everyone, and not one’s own', () => {
    const chat = after(
      counted,
      ...[sent(11, mentions), sent(12, none), sent(13, { mentionsEveryone: true }), sent(14)],
      sent(15, { ...mentions, authorId: 'ada' }),
    );
    expect(mentioned(chat)).toBe(3);
    expect(mentioned({ ...chat, reading: 11 })).toBe(1);
  });

  test('are taken back and added by edits, without a request if the message is counted here', () => {
    const chat = after(counted, sent(11, mentions), sent(12, none), edited(13, 11, none), edited(14, 12, mentions));
    expect([mentioned(chat), isExact(chat)]).toEqual([2, true]);
    expect(isExact(after(counted, edited(11, 9, none)))).toBe(false);
    expect(isExact(after(from(10, 2, { mentionCount: 0 }), edited(11, 9, none)))).toBe(true);
    expect(isExact(after(counted, edited(11, 3, mentions)))).toBe(true);
  });

  test('are as the server counted them last where an app’s document does not select them', () => {
    expect(mentioned(after(counted, sent(11), sent(12)))).toBe(1);
  });
});

describe('a deletion', () => {
  test('that arrives before a state which still counts the message makes the kit read the state', () => {
    const chat = after(from(10, 2), sent(11), deleted(12, 11));
    const older = told(chat, state(11, 3, { version: 2 }));
    expect(isExact(older)).toBe(false);
    const asked = told(older, state(12, 2, { version: 2 }));
    expect(isExact(asked)).toBe(true);
    expect(count(asked)).toBe(2);
  });

  test('of a message that was counted here lowers the count by one', () => {
    const chat = after(from(10, 2), sent(11), sent(12), deleted(13, 11));
    expect(count(chat)).toBe(3);
    expect(isExact(chat)).toBe(true);
  });

  test('of a message that the server counted makes the kit read the state', () => {
    const chat = after(from(10, 2), sent(11), deleted(12, 9));
    expect(isExact(chat)).toBe(false);
    expect(count(chat)).toBe(3);
    const asked = told(chat, state(12, 2, { readPosition: 8 }));
    expect(isExact(asked)).toBe(true);
    expect(count(asked)).toBe(2);
  });

  test('is not in an earlier result', () => {
    const chat = after(from(10, 2), deleted(12, 9));
    const early = told(chat, state(11, 3, { readPosition: 8 }));
    expect(isExact(early)).toBe(false);
  });

  test('of a read message, or from before the server’s count, changes nothing', () => {
    const chat = from(10, 2);
    expect(after(chat, deleted(11, 8))).toBe(chat);
    expect(after(chat, deleted(10, 9))).toBe(chat);
  });

  test('of one’s own message changes nothing', () => {
    const chat = from(10, 2);
    expect(after(chat, event('MessageDeleted', 11, { id: 'm9', position: 9, authorId: 'ada' }))).toBe(chat);
  });
});

describe('the state is read again if something cannot be counted:', () => {
  test.each([
    ['an event that the kit does not know', event('MessagePinned', 11)],
    ['a message without its author', sent(11, { authorId: undefined })],
    ['a message without its type', sent(11, { type: undefined })],
  ])('%s', (_, item) => {
    const chat = after(from(10, 2), item);
    expect(isExact(chat)).toBe(false);
    expect(isExact(told(chat, state(11, 3)))).toBe(true);
  });

  test('events before the first state of the server', () => {
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

  test('of one version the one with the later position is newer', () => {
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

  test('after everything was forgotten the next one counts, whatever its version', () => {
    const chat = forgotten(from(20, 4, { version: 9 }));
    expect(isExact(chat)).toBe(false);
    expect(count(chat)).toBe(4);
    const next = told(chat, state(12, 1, { version: 2 }));
    expect(isExact(next)).toBe(true);
    expect(count(next)).toBe(1);
  });
});

describe('messages that the user has just read', () => {
  const chat = after(from(10, 2, { isMarkedUnread: true }), sent(11), sent(12));

  test('do not count, even before the server knows', () => {
    expect(shown({ ...chat, reading: 11 })).toMatchObject({ unreadCount: 1, readPosition: 11, isMarkedUnread: false });
  });

  test('count until the server says how many are left, if only a part of its count was read', () => {
    expect(shown({ ...chat, reading: 9 })).toMatchObject({ unreadCount: 4, readPosition: 9 });
  });

  test('count again if the user marked the chat as unread on another device', () => {
    const reading = { ...from(10, 2), reading: 10 };
    const left = state(10, 3, { version: 2, isMarkedUnread: true });
    expect(wasLeftUnread(reading, left)).toBe(true);
    expect(shown(told(reading, left))).toMatchObject({ unreadCount: 3, isMarkedUnread: true });
    expect(wasLeftUnread(told(reading, left), { ...left, version: 3 })).toBe(false);
  });
});

test('each chat is counted once, and muted ones separately', () => {
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
