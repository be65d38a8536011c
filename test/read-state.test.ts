import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { silent, startTestServer, type TestUser } from './support/app.ts';
import { add, direct, does, group, remove, send, type Chat } from './support/documents.ts';
import { markAllRead, markRead, markUnread, unreadSummary, viewerState } from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

/** A group of Ada's and Grace's at position 2, followed by this number of messages of Grace's. */
async function withMessages(ada: TestUser, grace: TestUser, count: number): Promise<Chat> {
  const chat = await group(ada, grace);
  for (let i = 0; i < count; i++) await send(grace, chat, `${i}`);
  return chat;
}

const FORBIDDEN = { code: 'FORBIDDEN' };
const NOT_FOUND = { code: 'NOT_FOUND' };

describe('unread is', () => {
  test('messages of others since the membership began, without one’s own, deleted ones and those of the server', async ({
    one,
    ada,
    grace,
  }) => {
    const chat = await group(ada, grace);
    await send(ada, chat);
    const { id } = await send(grace, chat);
    await send(grace, chat);
    const chatId = rowId('Chat', chat.id);
    await one.database.db.chat.update({ where: { id: chatId }, data: { position: 6 } });
    await one.database.db.message.create({
      data: { chatId, position: 6, revision: 6, authorId: grace.rowId, type: 'SYSTEM', createdAt: new Date() },
    });
    expect(await viewerState(ada, chat)).toMatchObject({
      version: 0,
      asOfPosition: 6,
      readPosition: 1,
      unreadCount: 2,
      mentionCount: 0,
      isMarkedUnread: false,
    });
    expect(await viewerState(grace, chat)).toMatchObject({ unreadCount: 1 });

    await does(grace, 'deleteMessage', { messageId: id });
    expect(await viewerState(ada, chat)).toMatchObject({ asOfPosition: 7, unreadCount: 1 });

    const late = await one.user('late');
    await add(ada, chat, late);
    expect(await viewerState(late, chat)).toMatchObject({ unreadCount: 0, readPosition: 8 });
    await send(ada, chat);
    expect(await viewerState(late, chat)).toMatchObject({ unreadCount: 1 });
  });

  test('counted up to 100', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    for (let i = 0; i < 99; i++) await send(grace, chat);
    expect(await viewerState(ada, chat)).toMatchObject({ unreadCount: 99 });
    await send(grace, chat);
    await send(grace, chat);
    expect(await viewerState(ada, chat)).toMatchObject({ asOfPosition: 103, unreadCount: 100 });
  });

  test('shown to members only', async ({ one, ada, grace }) => {
    const chat = await withMessages(ada, grace, 1);
    const stranger = await one.user('stranger');
    expect(await stranger.ask('query ($id: ID!) { chat(id: $id) { viewerState { unreadCount } } }', chat)).toBeNull();
    expect(await stranger.ask('{ unreadSummary { chatCount } }')).toEqual({ chatCount: 0 });
    const { errors } = await one.stranger().request('{ unreadSummary { chatCount } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('marking as read', () => {
  test('raises the read position on every device, and never lowers it', async ({ two, ada, grace }) => {
    const chat = await withMessages(ada, grace, 3);
    expect(await markRead(ada, chat, 4)).toMatchObject({ version: 1, readPosition: 4, unreadCount: 1 });
    expect(await viewerState(ada.at(two), chat)).toMatchObject({ version: 1, readPosition: 4, unreadCount: 1 });
    expect(await viewerState(grace, chat)).toMatchObject({ version: 0, readPosition: 1 });

    expect(await markRead(ada.at(two), chat, 3)).toMatchObject({ version: 1, readPosition: 4 });
    expect(await markRead(ada, chat, 1_000_000)).toMatchObject({ version: 2, readPosition: 5, unreadCount: 0 });
    expect(await markRead(ada, chat, 5)).toMatchObject({ version: 2 });
    await send(grace, chat);
    expect(await viewerState(ada, chat)).toMatchObject({ readPosition: 5, unreadCount: 1 });
  });

  test('needs a chat of the viewer and a position of 0 or more', async ({ one, ada, grace }) => {
    const chat = await withMessages(ada, grace, 1);
    const [stranger, left] = [await one.user(), await one.user()];
    await add(ada, chat, left);
    await remove(left, chat, left);
    const deleted = await withMessages(ada, grace, 1);
    await does(ada, 'deleteChat', { chatId: deleted.id });
    const unknown = { id: encodeId('Chat', randomUUID()) };

    for (const mark of [markRead, markUnread]) {
      expect(await mark(stranger, chat, 2)).toMatchObject(FORBIDDEN);
      expect(await mark(left, chat, 2)).toMatchObject(FORBIDDEN);
      expect(await mark(ada, deleted, 2)).toMatchObject(NOT_FOUND);
      expect(await mark(ada, unknown, 2)).toMatchObject(NOT_FOUND);
      expect(await mark(ada, { id: 'x' }, 2)).toMatchObject(NOT_FOUND);
      expect(await mark(ada, { id: ada.id }, 2)).toMatchObject(NOT_FOUND);
      expect(await mark(ada, chat, -1)).toMatchObject({ code: 'INVALID_INPUT', field: 'position' });
    }
    expect(await viewerState(ada, chat)).toMatchObject({ version: 0, readPosition: 1, unreadCount: 1 });
    expect(
      await one.database.db.viewerChatState.count({ where: { userId: { in: [stranger.rowId, left.rowId] } } }),
    ).toBe(0);
  });

  test('takes no Idempotency-Key, and stores none', async ({ one, ada, grace }) => {
    const strict = await startTestServer({ database: one.database, idempotency: 'required' });
    const chat = await withMessages(ada, grace, 1);
    expect(await markRead(ada.at(strict), chat, 2)).toMatchObject({ readPosition: 2 });
    expect(await markUnread(ada.at(strict), chat, 2)).toMatchObject({ readPosition: 1 });
    expect(await markAllRead(ada.at(strict))).toMatchObject({ chatCount: 0 });
    await strict.stop();
  });
});

describe('marking as unread', () => {
  test('makes the chat unread from there on, until the next mark', async ({ ada, grace }) => {
    const chat = await withMessages(ada, grace, 3);
    await markRead(ada, chat, 5);
    expect(await markUnread(ada, chat, 4)).toMatchObject({
      version: 2,
      readPosition: 3,
      unreadCount: 2,
      isMarkedUnread: true,
    });
    expect(await markUnread(ada, chat, 4)).toMatchObject({ version: 2 });
    expect(await markRead(ada, chat, 3)).toMatchObject({ version: 3, readPosition: 3, isMarkedUnread: false });
  });

  test('stays between the beginning of the membership and the newest message', async ({ ada, grace }) => {
    const chat = await withMessages(ada, grace, 2);
    expect(await markUnread(ada, chat, 0)).toMatchObject({ readPosition: 1, unreadCount: 2, isMarkedUnread: true });
    expect(await markUnread(ada, chat, 1_000_000)).toMatchObject({ readPosition: 3, unreadCount: 1 });
  });

  test('is shown even if nothing is unread, and does not change the receipt that others see', async ({
    one,
    ada,
    grace,
  }) => {
    const chat = await withMessages(ada, grace, 1);
    await send(ada, chat);
    await markRead(ada, chat, 4);
    expect(await markUnread(ada, chat, 4)).toMatchObject({ unreadCount: 0, isMarkedUnread: true });
    const stored = await one.database.db.viewerChatState.findFirst({ where: { chatId: rowId('Chat', chat.id) } });
    expect(stored).toMatchObject({ readPosition: 3, receiptPosition: 4 });
  });

  test('is not undone by a device that does not know of it', async ({ two, ada, grace }) => {
    const chat = await withMessages(ada, grace, 2);
    const { version } = await markRead(ada, chat, 3);
    await markUnread(ada, chat, 2);

    expect(await markRead(ada.at(two), chat, 3, version)).toMatchObject({ isMarkedUnread: true, readPosition: 1 });
    const { version: known } = await viewerState(ada.at(two), chat);
    expect(await markRead(ada.at(two), chat, 3, known)).toMatchObject({ isMarkedUnread: false, readPosition: 3 });

    await markUnread(ada, chat, 2);
    expect(await markRead(ada.at(two), chat, 3)).toMatchObject({ isMarkedUnread: false });
  });
});

test('a membership begins with nothing unread, even after an earlier one', async ({ one, ada, grace }) => {
  const chat = await withMessages(ada, grace, 2);
  await add(ada, chat, await one.user());
  const comer = await one.user('comer');
  await add(ada, chat, comer);
  await send(grace, chat);
  await markUnread(comer, chat, 100);
  await remove(comer, chat, comer);
  await send(grace, chat);
  await add(ada, chat, comer);

  expect(await viewerState(comer, chat)).toMatchObject({ unreadCount: 0, isMarkedUnread: false });
  expect(await unreadSummary(comer)).toMatchObject({ chatCount: 0 });
  const { position } = await send(grace, chat);
  expect(await viewerState(comer, chat)).toMatchObject({ unreadCount: 1 });
  expect(await markRead(comer, chat, position)).toMatchObject({ unreadCount: 0, readPosition: position });
});

test('each unread chat is counted once, and all can be marked as read at once', async ({ one, grace }) => {
  const user = await one.user();
  const [news, marked, muted, read, own] = [
    await direct(grace, user),
    await group(user, grace),
    await group(user, grace),
    await group(user, grace),
    await group(user, grace),
  ];
  for (const chat of [news, news, muted, read]) await send(grace, chat);
  await send(user, own);
  await markRead(user, read, 3);
  await markUnread(user, marked, 1);
  await one.database.db.viewerChatState.upsert({
    where: { userId_chatId: { userId: user.rowId, chatId: rowId('Chat', muted.id) } },
    create: { userId: user.rowId, chatId: rowId('Chat', muted.id), version: 0, isMuted: true },
    update: { isMuted: true },
  });
  expect(await unreadSummary(user)).toEqual({ chatCount: 2, mutedChatCount: 1, mentionChatCount: 0 });

  const versionBefore = (await viewerState(user, marked)).version;
  expect(await markAllRead(user)).toEqual({ chatCount: 0, mutedChatCount: 0, mentionChatCount: 0 });
  const states = await Promise.all([news, marked, muted].map((chat) => viewerState(user, chat)));
  expect(states.map(({ unreadCount }) => unreadCount)).toEqual([0, 0, 0]);
  expect(states.map(({ version }) => version - versionBefore).toSorted()).toEqual([1, 2, 3]);

  await markAllRead(user);
  expect(await Promise.all([news, marked, muted].map((chat) => viewerState(user, chat)))).toEqual(states);
});

test('preferences and read state are both in the viewer’s row of a chat', async ({ one, ada, grace }) => {
  const chat = await withMessages(ada, grace, 0);
  const keep = (data: object) =>
    one.database.db.viewerChatState.update({
      where: { userId_chatId: { userId: ada.rowId, chatId: rowId('Chat', chat.id) } },
      data,
    });
  expect(await viewerState(ada, chat)).toMatchObject({
    notifications: 'ALL',
    isMuted: false,
    mutedUntil: null,
    isArchived: false,
    isPinned: false,
    isHidden: false,
  });
  await send(grace, chat);
  await markRead(ada, chat, 2);
  const [past, future] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
  await keep({
    notifications: 'MENTIONS',
    isMuted: true,
    mutedUntil: future,
    archivedAt: past,
    pinnedAt: past,
    hiddenAt: future,
  });
  expect(await viewerState(ada, chat)).toMatchObject({
    notifications: 'MENTIONS',
    isMuted: true,
    mutedUntil: future.toISOString(),
    isArchived: true,
    isPinned: true,
    isHidden: true,
  });
  await keep({ mutedUntil: past, hiddenAt: past });
  expect(await viewerState(ada, chat)).toMatchObject({ isMuted: false, mutedUntil: null, isHidden: false });
  await keep({ isMuted: true, mutedUntil: null });
  expect(await viewerState(ada, chat)).toMatchObject({ isMuted: true, mutedUntil: null });
});

describe('statements:', () => {
  test('unreadSummary takes one, and chats with viewerState at most three, whatever their number', async ({
    one,
    grace,
  }) => {
    const user = await one.user();
    for (let i = 0; i < 5; i++) await send(grace, await group(grace, user));
    expect(await countStatements(() => unreadSummary(user))).toBe(1);
    const list = () =>
      user.ask(
        '{ chats(first: 50) { edges { node { id viewerState { unreadCount mentionCount isMuted version } } } } }',
      );
    expect(await countStatements(list)).toBeLessThanOrEqual(3);
  });

  test('fifty marks at once share their transactions', { timeout: 60_000 }, async ({ one, ada }) => {
    const users = await Promise.all(Array.from({ length: 50 }, () => one.user()));
    const chat = await group(ada, ...users);
    let position = 0;
    const statements = await countStatements(async () => {
      ({ position } = await send(ada, chat));
      await Promise.all(users.map((user) => markRead(user, chat, position)));
    });
    // One by one they would take 250 statements.
    expect(statements).toBeLessThan(200);
    const states = await one.database.db.viewerChatState.findMany({ where: { chatId: rowId('Chat', chat.id) } });
    expect(states.map(({ readPosition }) => readPosition)).toEqual(users.map(() => position));
  });
});
