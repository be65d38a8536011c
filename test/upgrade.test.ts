import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoPassword } from '../src/commands/demo.ts';
import { startTestServer, TestUser, type TestServer } from './support/app.ts';
import { attempt, EVENTS, roles, send, type Chat } from './support/documents.ts';
import { openKeptDatabase } from './support/kept-database.ts';
import { unreadSummary, viewerState } from './support/read-state.ts';

let kept: Awaited<ReturnType<typeof openKeptDatabase>>;
let server: TestServer;
beforeAll(async () => {
  kept = await openKeptDatabase();
  server = await startTestServer({ database: kept.database });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await kept.close();
});

async function signIn(username: string): Promise<TestUser> {
  const { accessToken } = await server
    .stranger()
    .ask<{ accessToken: string }>(
      'mutation ($input: SignInInput!) { signIn(input: $input) { ... on Session { accessToken } } }',
      { input: { username, password: demoPassword } },
    );
  const { id } = await kept.database.db.user.findUniqueOrThrow({ where: { username } });
  return new TestUser(server, id, username, accessToken);
}

type Node = Chat & { createdBy: { username: string }; messages: { edges: { node: { content: string | null } }[] } };

async function chatsOf(user: TestUser): Promise<Node[]> {
  const { edges } = await user.ask<{ edges: { node: Node }[] }>(
    '{ chats { edges { node { id title position createdBy { username } messages { edges { node { content } } } } } } }',
  );
  return edges.map(({ node }) => node);
}

test('a user of version 0.1.0 signs in and finds their chats as they left them', async () => {
  const chats = await chatsOf(await signIn('ada'));
  expect(
    chats.map(({ title, position, createdBy, messages }) => [
      title,
      position,
      createdBy.username,
      messages.edges.length,
      messages.edges.at(-1)!.node.content,
    ]),
  ).toEqual([
    [null, 5, 'ada', 3, 'Cut and packed. See you at ten.'],
    ['Lunch', 6, 'grace', 3, 'Ten minutes late, order me what Grace has.'],
    ['Analytical Engine', 23, 'ada', 10, 'Then the release is on Friday. I bring cake. 🍰'],
  ]);
  expect((await chatsOf(await signIn('linus'))).map(({ title }) => title)).toEqual(['Lunch']);
});

test('the log continues after its newest position: a client of version 0.1.0 resumes, and rights are unchanged', async () => {
  const [ada, linus] = [await signIn('ada'), await signIn('linus')];
  const engine = (await chatsOf(ada)).find(({ title }) => title === 'Analytical Engine')!;
  expect(await roles(ada, engine)).toEqual({ ada: 'OWNER', grace: 'ADMIN' });
  expect(await attempt(linus, 'sendMessage', { chatId: engine.id, content: 'Still here?' })).toMatchObject({
    code: 'FORBIDDEN',
  });

  const stream = ada.subscribe(EVENTS, { since: [{ chatId: engine.id, position: 20 }] });
  await stream.item(({ __typename }) => __typename === 'CaughtUp');
  await send(ada, engine, 'after the upgrade');
  await stream.item(({ position }) => position === 24);
  const positions = stream.items.filter(({ chatId }) => chatId === engine.id).map(({ position }) => position);
  expect(positions).toEqual([21, 22, 23, 24]);
});

test('reactions are counted by emoji, in the order in which each was first added', async () => {
  const { db } = kept.database;
  const counts = await db.reactionCount.findMany({ orderBy: [{ messageId: 'asc' }, { position: 'asc' }] });
  expect(counts.map(({ emoji, count, position }) => [emoji, count, position])).toEqual([
    ['🎉', 2, 5],
    ['🐛', 2, 12],
    ['😂', 1, 14],
    ['🍜', 2, 3],
    ['❤️', 1, 4],
    ['🤯', 1, 9],
    ['👍', 2, 18],
  ]);
});

test('members who have left are not counted', async () => {
  const { db } = kept.database;
  const chats = await db.chat.findMany({ where: { createdById: { not: null } }, orderBy: { createdAt: 'asc' } });
  expect(chats.map(({ title, memberCount }) => [title, memberCount])).toEqual([
    ['Analytical Engine', 2],
    ['Lunch', 3],
    [null, 2],
    ['Given up', 2],
  ]);
});

test('counters continue where they were, and the user of the delivery probe is gone', async () => {
  const { db } = kept.database;
  const users = await db.user.findMany({ orderBy: { username: 'asc' } });
  expect(users.map(({ username, membershipVersion }) => [username, membershipVersion])).toEqual([
    ['ada', 4],
    ['grace', 4],
    ['linus', 2],
  ]);
  const { rightsVersion } = await db.chat.findFirstOrThrow({ where: { title: 'Analytical Engine' } });
  expect(rightsVersion).toBe(23);
});

test('earlier messages are not unread, and new ones are', async () => {
  const [ada, grace] = [await signIn('ada'), await signIn('grace')];
  const chats = await chatsOf(grace);
  const states = await Promise.all(chats.map((chat) => viewerState(grace, chat)));
  expect(states.map(({ unreadCount, isMarkedUnread }) => [unreadCount, isMarkedUnread])).toEqual([
    // The message that the test before has sent.
    [1, false],
    ...chats.slice(1).map(() => [0, false]),
  ]);
  expect(await unreadSummary(grace)).toEqual({ chatCount: 1, mutedChatCount: 0, mentionChatCount: 0 });
  expect(await unreadSummary(ada)).toMatchObject({ chatCount: 0 });
});
