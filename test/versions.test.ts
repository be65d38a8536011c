import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestPubSub, startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { openTestDatabase } from './support/database.ts';
import { EVENTS, group, readChat, send } from './support/documents.ts';
import { allowUnknownEvents, writeUnknownEvent } from './support/unknown-event.ts';
import type { Database } from '../src/database/open.ts';
import { rowId } from '../src/graphql/ids.ts';
import type { PubSub } from '../src/pubsub/pubsub.ts';

let database: Database;
let pubsub: PubSub;
let server: TestServer;
let ada: TestUser;
let grace: TestUser;

beforeAll(async () => {
  database = await openTestDatabase();
  pubsub = createTestPubSub(database.deploymentId);
  server = await startTestServer({ database, pubsub, reconcileMs: 100 });
  [ada, grace] = [await server.user('ada'), await server.user('grace')];
  await allowUnknownEvents(database.db);
});
afterAll(async () => {
  await server.stop();
  await pubsub.close();
  await database.close();
});

test.each([
  ['published', true],
  ['found in the log', false],
])('an event of an unknown type that is %s is skipped, and the next events are delivered', async (_, isPublished) => {
  const chat = await group(ada, grace);
  const { position } = (await readChat(ada, chat.id))!;
  const live = grace.subscribe(EVENTS);
  await live.item(({ __typename }) => __typename === 'CaughtUp');

  const chatId = rowId('Chat', chat.id);
  const payload = await writeUnknownEvent(database.db, chatId, ada.rowId);
  if (isPublished) pubsub.publish(`chat:${chatId}`, payload!);
  for (const content of ['a', 'b', 'c']) await send(ada, chat, content);

  const expected = [
    { __typename: 'EventSkipped', chatId: chat.id, position: position + 1 },
    ...['a', 'b', 'c'].map((content, i) => ({
      __typename: 'MessageCreated',
      position: position + 2 + i,
      message: { content },
    })),
  ];
  await live.item(({ position: last }) => last === position + 4);
  expect(live.items.filter(({ chatId }) => chatId === chat.id)).toMatchObject(expected);
  const resumed = grace.subscribe(EVENTS, { since: [{ chatId: chat.id, position }] });
  await resumed.item(({ __typename }) => __typename === 'CaughtUp');
  expect(resumed.items.filter(({ chatId }) => chatId === chat.id)).toMatchObject(expected);
  expect(resumed.over).toBe(false);
});

test('a message that an older server published without a column of this version is read from its row', async () => {
  const without = (payload: string): string =>
    JSON.stringify(JSON.parse(payload, (key, value: unknown) => (key === 'revision' ? undefined : value)));
  const published: string[] = [];
  const older = await startTestServer({
    database,
    pubsub: {
      ...pubsub,
      publish: (channel, payload) => {
        published.push(without(payload));
        pubsub.publish(channel, without(payload));
      },
    },
  });
  onTestFinished(older.stop);
  const chat = await group(ada, grace);
  const live = grace.subscribe(`subscription ($since: [ChatPositionInput!]) { events(since: $since) {
    __typename ... on MessageCreated { message { content revision createdAt author { displayName } } } } }`);
  await live.item(({ __typename }) => __typename === 'CaughtUp');

  const { position, createdAt } = await send(ada.at(older), chat);
  const item = await live.item(({ __typename }) => __typename === 'MessageCreated');
  expect(item).toMatchObject({
    message: { content: 'hello', revision: position, createdAt, author: { displayName: 'ada' } },
  });
  expect(published).toContainEqual(expect.stringContaining('"snapshot"'));
});
