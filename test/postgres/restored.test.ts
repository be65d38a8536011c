import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { restored } from '../../src/database/restored.ts';
import { startTestServer, TestUser, type TestServer } from '../support/app.ts';
import { does, EVENTS, group, readChat, send } from '../support/documents.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';

// A database of its own: what is done here concerns every chat in it.
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

test('positions that clients have seen are never handed out again after a restore', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  for (const text of ['kept', 'lost']) await send(a, chat, text);
  const gone = await group(a, b);
  await does(a, 'deleteChat', { chatId: gone.id });

  // The backup did not have the last message.
  await database.db.$transaction([
    database.db.message.deleteMany({ where: { content: 'lost' } }),
    database.db.event.deleteMany({ where: { position: 3, type: 'MESSAGE_CREATED' } }),
    database.db.chat.updateMany({ where: { position: 3 }, data: { position: 2 } }),
  ]);
  const before = (await database.db.deployment.findFirstOrThrow()).id;
  // The two users' chats, and the one of the canary.
  expect(await restored(database.db)).toBe(2);
  expect((await database.db.deployment.findFirstOrThrow()).id).not.toBe(before);

  const next = await startTestServer({ database });
  const again = new TestUser(next, b.rowId, b.username, b.token);
  const known = [
    { chatId: chat.id, position: 3 },
    { chatId: gone.id, position: 1 },
  ];
  const stream = again.subscribe(EVENTS, { since: known });
  await stream.item(caughtUp);
  const told = (id: string) => stream.items.filter(({ chatId }) => chatId === id);
  expect(told(chat.id)).toMatchObject([{ __typename: 'ChatReset', position: 1_000_002 }]);
  expect(told(gone.id)).toMatchObject([{ __typename: 'ChatDeleted', position: 2 }]);

  await send(again, chat, 'after');
  await stream.item(({ position }) => position === 1_000_003);
  expect((await readChat(again, chat.id))?.position).toBe(1_000_003);
  await next.stop();
});

test('a server that runs on while the database loses its tail tells its subscribers to fetch anew', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const stream = b.subscribe(EVENTS);
  await stream.item(caughtUp);
  for (const text of ['kept', 'lost 1', 'lost 2']) await send(a, chat, text);
  await stream.item(({ position }) => position === 4);

  const { id } = await database.db.chat.findFirstOrThrow({ where: { position: 4 } });
  await database.db.$transaction([
    database.db.message.deleteMany({ where: { chatId: id, position: { gt: 2 } } }),
    database.db.event.deleteMany({ where: { chatId: id, position: { gt: 2 } } }),
    database.db.chat.update({ where: { id }, data: { position: 2 } }),
  ]);

  await stream.item(({ __typename, position }) => __typename === 'ChatReset' && position === 2);
  await send(a, chat, 'after');
  const items = await stream.count(6);
  expect(items.slice(4).map(({ __typename, position }) => [__typename, position])).toEqual([
    ['ChatReset', 2],
    ['MessageCreated', 3],
  ]);
});
