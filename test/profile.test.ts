import { expect } from 'vitest';
import { limits } from '../src/limits.ts';
import { startTestServer, type TestUser } from './support/app.ts';
import { add, attempt, group } from './support/documents.ts';
import { FaultyBroker } from './support/faulty-pubsub.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const UPDATE = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
  __typename ... on User { id displayName } ... on Error { code message } ... on InvalidInputError { field } } }`;
const WATCH = `subscription ($chatIds: [ID!]!, $userIds: [ID!]) { ephemeral(chatIds: $chatIds, userIds: $userIds) {
  __typename ... on UserUpdated { user { id displayName } } } }`;

const rename = (user: TestUser, displayName: string | null) => user.ask(UPDATE, { input: { displayName } });
const isOf = (type: string) => (item: Record<string, unknown>) => item.__typename === type;

async function watch(by: TestUser, ...users: TestUser[]): Promise<TestStream> {
  const stream = by.subscribe(WATCH, { chatIds: [], userIds: users.map(({ id }) => id) });
  await stream.item(isOf('EphemeralReady'));
  return stream;
}

test('a viewer with a user on screen receives their new name, on any server, and nobody else does', async ({
  two,
  ada,
  grace,
}) => {
  const [here, there] = [await watch(grace, ada), await watch(grace.at(two), ada, grace)];
  const elsewhere = await watch(await two.user(), grace);

  expect(await rename(ada, '  Ada  ')).toEqual({ __typename: 'User', id: ada.id, displayName: 'Ada' });
  expect(await rename(grace, 'Grace')).toMatchObject({ displayName: 'Grace' });

  const updated = { __typename: 'UserUpdated', user: { id: ada.id, displayName: 'Ada' } };
  expect(await here.item(isOf('UserUpdated'))).toEqual(updated);
  await there.count(3);
  expect(there.items).toContainEqual(updated);
  await elsewhere.item(isOf('UserUpdated'));
  expect(elsewhere.items.filter(isOf('UserUpdated'))).toEqual([
    { __typename: 'UserUpdated', user: { id: grace.id, displayName: 'Grace' } },
  ]);
  for (const stream of [here, there, elsewhere]) stream.stop();
});

test('after Redis was away the profile is read again at EphemeralReady', async ({ one, ada, grace }) => {
  const broker = new FaultyBroker();
  const { database } = one;
  const server = await startTestServer({ database, pubsub: broker.connect() });
  const stream = await watch(grace.at(server), ada);
  broker.stop();

  await rename(ada.at(server), 'Countess');
  broker.start();

  await stream.count(2);
  expect(stream.items.map(({ __typename }) => __typename)).toEqual(['EphemeralReady', 'EphemeralReady']);
  expect(await grace.ask('query ($id: ID!) { node(id: $id) { ... on User { displayName } } }', { id: ada.id })).toEqual(
    {
      displayName: 'Countess',
    },
  );
  stream.stop();
  await server.stop();
  broker.close();
});

test('a name must be valid, and only the viewer’s own changes', async ({ one, ada, grace }) => {
  const stream = await watch(grace, ada);

  for (const bad of ['', '   ', 'x'.repeat(65), 'a\nb']) {
    expect(await rename(ada, bad)).toMatchObject({ code: 'INVALID_INPUT', field: 'displayName' });
  }
  expect(await rename(ada, null)).toMatchObject({ displayName: 'ada' });
  expect(await ada.ask(UPDATE, { input: {} })).toMatchObject({ displayName: 'ada' });
  expect(await one.stranger().request(UPDATE, { input: { displayName: 'x' } })).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });

  await rename(ada, 'at last');
  await stream.item(isOf('UserUpdated'));
  expect(stream.items.filter(isOf('UserUpdated'))).toHaveLength(1);
  stream.stop();
});

test('a user is in at most as many chats as `since` may name', async ({ one, ada, grace }) => {
  const busy = await one.user('busy');
  await one.database.db.$executeRaw`
    WITH made AS (
      INSERT INTO chat (kind, created_by_id, created_at, position, rights_version, last_activity_at, member_count)
      SELECT 'GROUP', ${ada.rowId}::uuid, now(), 1, 1, now(), 1 FROM generate_series(1, ${limits.since - 1}::int)
      RETURNING id
    ), joined AS (
      UPDATE "user" SET membership_version = ${limits.since - 1}::int WHERE id = ${busy.rowId}::uuid
    )
    INSERT INTO chat_member (chat_id, user_id, role, joined_at, joined_position)
    SELECT id, ${busy.rowId}::uuid, 'MEMBER', now(), 1 FROM made`;
  const chat = await group(ada, grace);
  const tooMany = (field: string) => ({
    code: 'INVALID_INPUT',
    field,
    message: `${field}: a member would be in more than 5000 chats, the most of a user`,
  });

  expect(await add(ada, chat, busy)).toMatchObject({ id: chat.id });
  const input = { kind: 'GROUP', memberIds: [busy.id] };
  expect(await attempt(ada, 'createChat', input)).toMatchObject(tooMany('memberIds'));
  expect(await attempt(busy, 'createChat', { kind: 'GROUP', memberIds: [] })).toMatchObject(tooMany('memberIds'));
  const other = await group(ada, grace);
  expect(await attempt(ada, 'addChatMembers', { chatId: other.id, userIds: [busy.id] })).toMatchObject(
    tooMany('userIds'),
  );

  await attempt(busy, 'removeChatMember', { chatId: chat.id, userId: busy.id });
  expect(await add(ada, other, busy)).toMatchObject({ id: other.id });
  const [{ count }] = await one.database.db.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM chat_member WHERE user_id = ${busy.rowId}::uuid AND left_position IS NULL`;
  expect(count).toBe(limits.since);
});
