import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { rowId } from '../../src/graphql/ids.ts';
import { restored } from '../../src/operations/restored.ts';
import { startTestServer, TestUser, type TestServer } from '../support/app.ts';
import { add, attempt, does, EVENTS, group, readChat, send } from '../support/documents.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';
import { markRead } from '../support/read-state.ts';

// The test uses a database of its own, because its changes affect every chat.
let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
let server: TestServer;
beforeAll(async () => {
  empty = await createEmptyDatabase();
  database = await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 5 });
  server = await startTestServer({ database, reconcileMs: 50 });
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await empty.drop();
});

const caughtUp = ({ __typename }: Record<string, unknown>) => __typename === 'CaughtUp';

test('positions that clients have seen are never used again after a restore', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  for (const text of ['kept', 'lost']) await send(a, chat, text);
  const gone = await group(a, b);
  await does(a, 'deleteChat', { chatId: gone.id });

  // The backup does not have the last message.
  await database.db.$transaction([
    database.db.message.deleteMany({ where: { content: 'lost' } }),
    database.db.event.deleteMany({ where: { position: 4, type: 'MESSAGE_CREATED' } }),
    database.db.chat.updateMany({ where: { position: 4 }, data: { position: 3 } }),
  ]);
  const before = (await database.db.deployment.findFirstOrThrow()).id;
  expect(await restored(database.db)).toBe(1);
  expect((await database.db.deployment.findFirstOrThrow()).id).not.toBe(before);

  const next = await startTestServer({ database });
  const again = new TestUser(next, b.rowId, b.username, b.token);
  const known = [
    { chatId: chat.id, position: 4 },
    { chatId: gone.id, position: 1 },
  ];
  const stream = again.subscribe(EVENTS, { since: known });
  await stream.item(caughtUp);
  const told = (id: string) => stream.items.filter(({ chatId }) => chatId === id);
  expect(told(chat.id)).toMatchObject([{ __typename: 'ChatReset', position: 1_000_003 }]);
  expect(told(gone.id)).toMatchObject([{ __typename: 'ChatDeleted', position: 3 }]);

  await send(again, chat, 'after');
  await stream.item(({ position }) => position === 1_000_004);
  expect((await readChat(again, chat.id))?.position).toBe(1_000_004);
  await next.stop();
});

test('if the database loses its tail while a server runs, its subscribers get ChatReset', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const stream = b.subscribe(EVENTS);
  await stream.item(caughtUp);
  for (const text of ['kept', 'lost 1', 'lost 2']) await send(a, chat, text);
  await stream.item(({ position }) => position === 5);

  const { id } = await database.db.chat.findFirstOrThrow({ where: { position: 5 } });
  await database.db.$transaction([
    database.db.message.deleteMany({ where: { chatId: id, position: { gt: 3 } } }),
    database.db.event.deleteMany({ where: { chatId: id, position: { gt: 3 } } }),
    database.db.chat.update({ where: { id }, data: { position: 3 } }),
  ]);

  await stream.item(({ __typename, position }) => __typename === 'ChatReset' && position === 3);
  await send(a, chat, 'after');
  const items = await stream.count(6);
  expect(items.slice(4).map(({ __typename, position }) => [__typename, position])).toEqual([
    ['ChatReset', 3],
    ['MessageCreated', 4],
  ]);
});

test('rights from the lost tail do not return with a later change that has the same rights version', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const { id } = await group(a);
  const { db } = database;
  const row = await db.chat.findUniqueOrThrow({ where: { id: rowId('Chat', id) } });
  await add(a, { id }, b);
  await send(b, { id }, 'lost');

  const chatId = row.id;
  await db.$transaction([
    db.message.deleteMany({ where: { chatId } }),
    db.event.deleteMany({ where: { chatId, position: { gt: row.position } } }),
    db.chatMember.deleteMany({ where: { chatId, userId: b.rowId } }),
    db.chat.update({ where: { id: chatId }, data: row }),
  ]);
  await restored(db);
  await does(a, 'updateChat', { chatId: id, title: 'Without them' });

  expect(await attempt(b, 'sendMessage', { chatId: id, content: 'hello' })).toMatchObject({ code: 'FORBIDDEN' });
});

test('versions of viewer state that clients have seen are never used again either', async () => {
  const VIEWER = `subscription ($version: Int) { events(viewerStateSince: $version) {
    __typename ... on ViewerEvent { version } ... on CaughtUp { viewerStateVersion } } }`;
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  await send(a, chat);
  await markRead(b, chat, 2);
  await restored(database.db);

  const resume = async (user: TestUser, version: number) => {
    const stream = user.subscribe(VIEWER, { version });
    await stream.item(caughtUp);
    return stream;
  };
  const changed = { __typename: 'ViewerChatStateChanged', version: 1 };
  const [reset, end] = [
    { __typename: 'ViewerStateReset', version: 0 },
    { __typename: 'CaughtUp', viewerStateVersion: 1_000_001 },
  ];
  expect((await resume(b, 1)).items).toEqual([reset, changed, end]);
  expect((await resume(b, 0)).items).toEqual([changed, end]);
  expect((await resume(b, 1_000_001)).items).toEqual([end]);
  // The backup does not have what this client has seen.
  expect((await resume(a, 7)).items).toEqual([reset, { ...end, viewerStateVersion: 1_000_000 }]);

  const live = await resume(b, 1_000_001);
  await send(a, chat);
  expect(await markRead(b, chat, 2_000_000)).toMatchObject({ version: 1_000_002 });
  await live.item(({ version }) => version === 1_000_002);
});
