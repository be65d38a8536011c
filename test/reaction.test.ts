import { expect } from 'vitest';
import { rowId } from '../src/graphql/ids.ts';
import { silent, type TestServer, type TestUser } from './support/app.ts';
import { add, attempt, does, group, readChat, readMessage, remove, send, type Message } from './support/documents.ts';
import { countStatements } from './support/statements.ts';
import { withServer } from './support/test.ts';

const test = withServer(silent)
  .extend('chat', ({ ada, grace }) => group(ada, grace))
  .extend('message', ({ ada, chat }) => send(ada, chat));

const react = (user: TestUser, message: Message, emoji: string) =>
  attempt(user, 'addReaction', { messageId: message.id, emoji });
const unreact = (user: TestUser, message: Message, emoji: string) =>
  attempt(user, 'removeReaction', { messageId: message.id, emoji });
const emojis = async (user: TestUser, { id }: Message) =>
  (await readMessage(user, id))!.reactions.map(({ emoji }) => emoji);

test('reactions are in the order in which they were added, with their users', async ({ ada, grace, message }) => {
  const { position } = message;
  await react(grace, message, '👍');
  await react(ada, message, '🎉');
  const { reactions, revision } = await does(ada, 'addReaction', { messageId: message.id, emoji: '👍' });

  const expected = [
    [grace, '👍'],
    [ada, '🎉'],
    [ada, '👍'],
  ] as const;
  expect(reactions).toMatchObject(expected.map(([{ id }, emoji]) => ({ emoji, user: { id } })));
  expect(revision).toBe(position + 3);
  expect(await readMessage(grace, message.id)).toMatchObject({ reactions, revision, position, updatedAt: null });
});

test('adding twice and removing twice cause neither errors nor events', async ({ ada, grace, chat, message }) => {
  const added = await react(ada, message, '👍');
  expect(await react(ada, message, '👍')).toEqual(added);
  expect(await unreact(grace, message, '👍')).toEqual(added);
  const removed = await unreact(ada, message, '👍');
  expect(removed).toMatchObject({ reactions: [], revision: (added.revision as number) + 1 });
  expect(await unreact(ada, message, '👍')).toEqual(removed);
  expect(await readChat(ada, chat.id)).toMatchObject({ position: removed.revision });
});

test.for<[string, string, string[]]>([
  ['a heart, with and without its variation selector', '❤️', ['\u2764', '\u2764\ufe0f']],
  ['a skin tone, with a selector before it or not', '☝🏽', ['\u261d\u{1f3fd}', '\u261d\ufe0f\u{1f3fd}']],
  ['a keycap', '1️⃣', ['1\ufe0f\u20e3', '1\u20e3']],
  ['a star keycap', '*️⃣', ['*\u20e3']],
  ['the rainbow flag', '🏳️‍🌈', ['\u{1f3f3}\u200d\u{1f308}', '\u{1f3f3}\ufe0f\u200d\u{1f308}']],
  [
    'an eye in a bubble',
    '👁️‍🗨️',
    ['\u{1f441}\u200d\u{1f5e8}', '\u{1f441}\u200d\u{1f5e8}\ufe0f', '\u{1f441}\ufe0f\u200d\u{1f5e8}'],
  ],
  ['a detective of a gender', '🕵️‍♀️', ['\u{1f575}\u200d\u2640']],
  ['a detective of a tone and a gender', '🕵🏽‍♀️', ['\u{1f575}\u{1f3fd}\u200d\u2640']],
  ['an emoji with a selector that it does not need', '👍', ['👍\ufe0f']],
])('%s is one reaction', async ([_, emoji, spellings], { ada, message }) => {
  for (const spelling of [emoji, ...spellings]) {
    expect(await react(ada, message, spelling)).toMatchObject({ reactions: [{ emoji }] });
  }
  expect(await unreact(ada, message, spellings.at(-1)!)).toMatchObject({ reactions: [] });
});

test.for(['😀', '👍🏿', '👨‍👩‍👧‍👦', '🇩🇪', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '👩🏽‍🚀', '🧑🏻‍❤️‍💋‍🧑🏿', '❤️‍🔥', '©️', '🫠', ':+1:', ':party_parrot:', `:${'a'.repeat(62)}:`])(
  '%s is one emoji',
  async (emoji, { ada, message }) => {
    expect(await react(ada, message, emoji)).toMatchObject({ reactions: [{ emoji }] });
    expect(await emojis(ada, message)).toEqual([emoji]);
  },
);

test.for([
  '',
  ' ',
  'a',
  '1',
  '#',
  '👍👍',
  '👍 ',
  '👍🏽🏽',
  '🇩',
  '🇩🇪🇩🇪',
  '🇽🇽',
  '👨‍👩',
  '\u200d',
  '\ufe0f',
  '❤\ufe0e',
  '\u20e3',
  'a\u20e3',
  '👍\0',
  '\ud83d',
  '::',
  ':a',
  'a:',
  ':Party:',
  ':a b:',
  ':ä:',
  `:${'a'.repeat(63)}:`,
  ':a:\n',
  ':a::b:',
  'x'.repeat(100_000),
])('%j is none', async (emoji, { ada, message }) => {
  const refusal = {
    code: 'INVALID_INPUT',
    field: 'emoji',
    message: 'emoji: must be one emoji, or a shortcode such as :party_parrot: of at most 64 characters',
  };
  expect(await react(ada, message, emoji)).toMatchObject(refusal);
  expect(await unreact(ada, message, emoji)).toMatchObject(refusal);
});

test('a message has at most 20 different ones, each of any number of users', async ({ ada, grace, message }) => {
  const codes = Array.from({ length: 20 }, (_, i) => `:e${i}:`);
  for (const code of codes) await does(ada, 'addReaction', { messageId: message.id, emoji: code });

  const refusal = { code: 'INVALID_INPUT', field: 'emoji', message: 'emoji: a message has at most 20 different ones' };
  expect(await react(grace, message, '👍')).toMatchObject(refusal);
  expect(await react(ada, message, ':e3:')).toMatchObject({ __typename: 'Message' });
  expect(await react(grace, message, ':e3:')).toMatchObject({ __typename: 'Message' });
  await unreact(ada, message, ':e0:');
  expect(await react(grace, message, '👍')).toMatchObject({ __typename: 'Message' });
  expect(await emojis(ada, message)).toEqual([...codes.slice(1), ':e3:', '👍']);
});

test('a user can remove only their own reactions', async ({ ada, grace, chat, message }) => {
  await react(grace, message, '👍');
  expect(await unreact(ada, message, '👍')).toMatchObject({ reactions: [{ user: { id: grace.id } }] });

  await remove(ada, chat, grace);
  expect(await unreact(grace, message, '👍')).toMatchObject({ code: 'FORBIDDEN' });
  expect(await react(grace, message, '👍')).toMatchObject({ code: 'FORBIDDEN' });
  // The reactions of a member who has left stay, as their messages do.
  expect(await emojis(ada, message)).toEqual(['👍']);
});

const GROUPS = `query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Message { reactionGroups {
  emoji count viewerHasReacted
  users(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } }
} } } }`;
interface Group {
  emoji: string;
  count: number;
  viewerHasReacted: boolean;
  users: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}
const groups = async (viewer: TestUser, { id }: Message, variables: object = {}) =>
  (await viewer.ask<{ reactionGroups: Group[] }>(GROUPS, { id, ...variables })).reactionGroups;

test('groups are in the order in which each emoji was first added, and show whether the viewer reacted', async ({
  server,
  ada,
  grace,
  chat,
  message,
}) => {
  await add(ada, chat, grace);
  for (const [user, emoji] of [
    [grace, '👍'],
    [ada, '🎉'],
    [ada, '👍'],
  ] as const)
    await react(user, message, emoji);
  const users = (...of: TestUser[]) => ({ edges: of.map(({ id }) => ({ node: { id } })) });
  expect(await groups(ada, message)).toMatchObject([
    { emoji: '👍', count: 2, viewerHasReacted: true, users: users(grace, ada) },
    { emoji: '🎉', count: 1, viewerHasReacted: true, users: users(ada) },
  ]);
  expect((await groups(grace, message)).map(({ viewerHasReacted }) => viewerHasReacted)).toEqual([true, false]);

  // A group keeps its place while it has a reaction, and gets a new place after the last one was removed.
  await unreact(grace, message, '👍');
  expect(await groups(grace, message)).toMatchObject([
    { emoji: '👍', count: 1, viewerHasReacted: false, users: users(ada) },
    { emoji: '🎉', count: 1 },
  ]);
  await unreact(ada, message, '👍');
  await react(grace, message, '👍');
  expect(await groups(ada, message)).toMatchObject([
    { emoji: '🎉', count: 1 },
    { emoji: '👍', count: 1, viewerHasReacted: false, users: users(grace) },
  ]);

  await does(ada, 'deleteMessage', { messageId: message.id });
  expect(await groups(ada, message)).toEqual([]);
  expect(await server.database.db.reactionCount.count({ where: { messageId: rowId('Message', message.id) } })).toBe(0);
});

test('a message shows its first 100 reactions, and all of them by emoji', async ({ server, ada, grace, message }) => {
  await reactedBy(server, message, 150);
  await react(grace, message, '👍');
  expect(await emojis(ada, message)).toEqual(Array.from({ length: 100 }, () => '👍'));
  const [first] = await groups(ada, message, { first: 100 });
  expect(first).toMatchObject({ emoji: '👍', count: 151, viewerHasReacted: false });
  expect(first!.users.edges).toHaveLength(100);
  const [rest] = await groups(ada, message, { first: 100, after: first!.users.pageInfo.endCursor });
  expect(rest!.users.edges).toHaveLength(51);
  expect(rest!.users).toMatchObject({ pageInfo: { hasNextPage: false } });
  expect(rest!.users.edges.at(-1)).toEqual({ node: { id: grace.id } });
  const ids = [...first!.users.edges, ...rest!.users.edges].map(({ node }) => node.id);
  expect(new Set(ids).size).toBe(151);

  expect(
    await ada.request(GROUPS, {
      id: message.id,
      after: (await ada.ask<{ edges: { cursor: string }[] }>('{ chats { edges { cursor } } }')).edges[0]!.cursor,
    }),
  ).toMatchObject({ errors: [{ message: 'after: this is not a cursor of this connection.' }] });
});

/** Inserts reactions with 👍 by this number of other users. */
async function reactedBy({ database }: TestServer, message: Message, count: number): Promise<void> {
  const id = rowId('Message', message.id);
  await database.db.$executeRaw`
    WITH users AS (
      INSERT INTO "user" (username, display_name)
      SELECT 'reactor_' || ${id} || '_' || n, 'Reactor' FROM generate_series(1, ${count}::int) AS n RETURNING id
    ), counted AS (
      INSERT INTO reaction_count (message_id, emoji, count, position) SELECT ${id}::uuid, '👍', ${count}::int, -${count}::int
    )
    INSERT INTO reaction (message_id, user_id, emoji, position, created_at)
    SELECT ${id}::uuid, id, '👍', row_number() OVER () - ${count}::int - 1, now() FROM users`;
}

test('adding and removing a reaction take no more statements with 5,000 reactions than with one', async ({
  server,
  ada,
  grace,
  chat,
  message,
}) => {
  const live = await grace.follow(`subscription { messageUpdated(chatId: "${chat.id}") {
    id reactions { emoji user { username } } reactionGroups { emoji count } } }`);
  let shown = 0;
  const change = async (user: TestUser, name: 'addReaction' | 'removeReaction', emoji: string) => {
    await does(user, name, { messageId: message.id, emoji });
    await live.count(++shown);
  };
  const cycle = async () => {
    await change(ada, 'addReaction', '🎉');
    await change(ada, 'removeReaction', '🎉');
  };
  await change(grace, 'addReaction', '👍');
  const few = await countStatements(cycle);
  await change(grace, 'removeReaction', '👍');
  await reactedBy(server, message, 5_000);
  expect(await countStatements(cycle)).toBeLessThanOrEqual(few);
  expect(live.items.at(-1)).toMatchObject({ reactionGroups: [{ emoji: '👍', count: 5_000 }] });
  expect((live.items.at(-1) as unknown as Message).reactions).toHaveLength(100);
  live.stop();
});
