import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowId } from '../src/graphql/ids.ts';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { does, EVENTS, group, remove, send } from './support/documents.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** As if this had happened longer ago than the log is kept. */
async function age(chatId: string, upTo: number): Promise<void> {
  const id = rowId('Chat', chatId);
  const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
  await server.database.db.event.updateMany({
    where: { chatId: id, position: { lte: upTo } },
    data: { occurredAt: longAgo },
  });
  await server.database.db.chat.updateMany({ where: { id, deletedAt: { not: null } }, data: { deletedAt: longAgo } });
}

async function replay(user: TestUser, chatId: string, position: number): Promise<Record<string, unknown>[]> {
  const stream = user.subscribe(EVENTS, { since: [{ chatId, position }] });
  await stream.item(({ __typename }) => __typename === 'CaughtUp');
  stream.stop();
  return stream.items.filter((item) => item.chatId === chatId);
}

test('a client behind the kept part of the log is told to fetch anew; one within it gets what followed', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  for (const text of ['two', 'three', 'four']) await send(a, chat, text);
  await age(chat.id, 3);
  await server.app.retention.sweep();

  expect(await replay(b, chat.id, 1)).toMatchObject([{ __typename: 'ChatReset', position: 4 }]);
  expect(await replay(b, chat.id, 2)).toMatchObject([{ __typename: 'ChatReset', position: 4 }]);
  expect(await replay(b, chat.id, 3)).toMatchObject([{ __typename: 'MessageCreated', position: 4 }]);
  expect(await replay(b, chat.id, 4)).toEqual([]);
});

test('a deleted chat tells that it is, until its time is over; then nothing does, and nothing is left of it', async () => {
  const { db } = server.database;
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const message = await send(a, chat);
  await does(b, 'addReaction', { messageId: message.id, emoji: '👍' });
  await does(a, 'deleteChat', { chatId: chat.id }, 'the key of the deletion');
  const where = { chatId: rowId('Chat', chat.id) };

  // At first its messages stay, for what is under way to its members.
  await server.app.retention.sweep();
  expect(await db.message.count({ where })).toBe(1);

  await db.chat.update({ where: { id: where.chatId }, data: { deletedAt: new Date(Date.now() - 61_000) } });
  await server.app.retention.sweep();
  expect(await db.message.count({ where })).toBe(0);
  expect(await replay(b, chat.id, 1)).toMatchObject([
    { __typename: 'ChatDeleted', position: 4, deletedBy: { id: a.id } },
  ]);
  expect(await does(a, 'deleteChat', { chatId: chat.id }, 'the key of the deletion')).toMatchObject({ position: 4 });

  await age(chat.id, 4);
  await server.app.retention.sweep();
  expect(await replay(b, chat.id, 1)).toMatchObject([{ __typename: 'ChatGone' }]);
  expect(await db.event.count({ where })).toBe(0);
  expect(await db.idempotencyKey.count({ where })).toBe(0);
  expect(await db.chat.count({ where: { id: where.chatId } })).toBe(0);
});

test('who was removed so long ago that the log does not tell any more learns that the chat is gone', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  await remove(a, chat, b);
  expect(await replay(b, chat.id, 1)).toMatchObject([{ __typename: 'MemberRemoved', position: 2 }]);
  await age(chat.id, 2);
  await server.app.retention.sweep();
  expect(await replay(b, chat.id, 1)).toMatchObject([{ __typename: 'ChatGone' }]);
});

test('a chat that was never theirs, or never was, is told alike', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a);
  expect(await replay(b, chat.id, 1)).toMatchObject([{ __typename: 'ChatGone' }]);
  expect(await replay(b, 'no id at all', 1)).toMatchObject([{ __typename: 'ChatGone' }]);
});
