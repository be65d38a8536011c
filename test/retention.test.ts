import { randomBytes } from 'node:crypto';
import { expect, inject, onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../src/database/open.ts';
import { rowId } from '../src/graphql/ids.ts';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { test } from './support/test.ts';
import { openTestDatabase } from './support/database.ts';
import { does, EVENTS, group, remove, send } from './support/documents.ts';
import { createEmptyDatabase } from './support/empty-database.ts';

/** Makes events older than the time for which the log is kept. */
async function age(server: TestServer, chatId: string, upTo: number): Promise<void> {
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

test('a client behind the kept part of the log gets ChatReset; one within it gets the missed events', async ({
  server,
  ada,
  grace,
}) => {
  const chat = await group(ada, grace);
  for (const text of ['two', 'three', 'four']) await send(ada, chat, text);
  await age(server, chat.id, 4);
  await server.app.retention.sweep();

  expect(await replay(grace, chat.id, 1)).toMatchObject([{ __typename: 'ChatReset', position: 5 }]);
  expect(await replay(grace, chat.id, 3)).toMatchObject([{ __typename: 'ChatReset', position: 5 }]);
  expect(await replay(grace, chat.id, 4)).toMatchObject([{ __typename: 'MessageCreated', position: 5 }]);
  expect(await replay(grace, chat.id, 5)).toEqual([]);
});

test('a deleted chat is reported as deleted until its retention time is over; then nothing of it is left', async ({
  server,
  ada,
  grace,
}) => {
  const { db } = server.database;
  const chat = await group(ada, grace);
  const message = await send(ada, chat);
  await does(grace, 'addReaction', { messageId: message.id, emoji: '👍' });
  await does(ada, 'deleteChat', { chatId: chat.id }, 'the key of the deletion');
  const where = { chatId: rowId('Chat', chat.id) };

  // Its messages stay at first, for events that are still being delivered.
  await server.app.retention.sweep();
  expect(await db.message.count({ where })).toBe(2);

  await db.chat.update({ where: { id: where.chatId }, data: { deletedAt: new Date(Date.now() - 61_000) } });
  await server.app.retention.sweep();
  expect(await db.message.count({ where })).toBe(0);
  expect(await replay(grace, chat.id, 1)).toMatchObject([
    { __typename: 'ChatDeleted', position: 5, deletedBy: { id: ada.id } },
  ]);
  expect(await does(ada, 'deleteChat', { chatId: chat.id }, 'the key of the deletion')).toMatchObject({ position: 5 });

  await age(server, chat.id, 5);
  await server.app.retention.sweep();
  expect(await replay(grace, chat.id, 1)).toMatchObject([{ __typename: 'ChatGone' }]);
  expect(await db.event.count({ where })).toBe(0);
  expect(await db.idempotencyKey.count({ where })).toBe(0);
  expect(await db.chat.count({ where: { id: where.chatId } })).toBe(0);
});

test('keys are removed together with the events that are their answers', async ({ server, ada, grace }) => {
  const { db } = server.database;
  const chat = await group(ada, grace);
  const removal = { chatId: chat.id, userId: grace.id };
  await does(ada, 'removeChatMember', removal, 'the key of the removal');
  const message = { chatId: chat.id, content: 'hello' };
  const { id } = await does(ada, 'sendMessage', message, 'the key of the message');
  await age(server, chat.id, 4);
  await server.app.retention.sweep();

  expect(await does(ada, 'sendMessage', message, 'the key of the message')).toMatchObject({ id });
  const keys = await db.idempotencyKey.findMany({ where: { chatId: rowId('Chat', chat.id) } });
  expect(keys.map(({ key }) => key)).toEqual(['the key of the message']);
});

test('a user whose removal is no longer in the log gets ChatGone', async ({ server, ada, grace }) => {
  const chat = await group(ada, grace);
  await remove(ada, chat, grace);
  expect(await replay(grace, chat.id, 1)).toMatchObject([{ __typename: 'MemberRemoved', position: 3 }]);
  await age(server, chat.id, 4);
  await server.app.retention.sweep();
  expect(await replay(grace, chat.id, 1)).toMatchObject([{ __typename: 'ChatGone' }]);
});

test('a chat that the user was never in gets the same answer as one that never existed', async ({ ada, grace }) => {
  const chat = await group(ada);
  expect(await replay(grace, chat.id, 1)).toMatchObject([{ __typename: 'ChatGone' }]);
  expect(await replay(grace, 'no id at all', 1)).toMatchObject([{ __typename: 'ChatGone' }]);
});

/** Opens a database that no other test file uses. */
async function openOwnDatabase(): Promise<Database> {
  const isEmbedded = !('url' in inject('database'));
  const empty = isEmbedded ? null : await createEmptyDatabase();
  const database = empty
    ? await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 5 })
    : await openTestDatabase();
  onTestFinished(async () => {
    await database.close();
    await empty?.drop();
  });
  return database;
}

test('a server removes old events and ended sessions by itself', { timeout: 60_000 }, async () => {
  // Nothing in this database is kept for longer than two seconds.
  const database = await openOwnDatabase();
  const { db } = database;
  const before = await startTestServer({ database });
  const user = await before.user();
  const chatId = rowId('Chat', (await group(user)).id);
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await db.event.updateMany({ where: { chatId }, data: { occurredAt: ago(1) } });
  const refreshTokens = { create: { hash: randomBytes(32), expiresAt: ago(48) } };
  await db.session.create({ data: { userId: user.rowId, refreshTokens } });
  await before.stop();

  const running = await startTestServer({ database, logRetentionMs: 2_000 });
  onTestFinished(() => running.stop());
  const left = async () => ({
    events: await db.event.count({ where: { chatId } }),
    sessions: await db.session.count(),
  });
  await expect.poll(left).toEqual({ events: 0, sessions: 0 });
});
