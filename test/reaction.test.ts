import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import {
  attempt,
  does,
  group,
  readChat,
  readMessage,
  remove,
  send,
  type Chat,
  type Message,
} from './support/documents.ts';

let server: TestServer;
let ada: TestUser;
let grace: TestUser;
let chat: Chat;
let message: Message;

beforeAll(async () => {
  server = await startTestServer();
  [ada, grace] = [await server.user('ada'), await server.user('grace')];
  chat = await group(ada, grace);
});
afterAll(() => server.stop());

const fresh = async () => (message = await send(ada, chat));
const react = (user: TestUser, emoji: string) => attempt(user, 'addReaction', { messageId: message.id, emoji });
const unreact = (user: TestUser, emoji: string) => attempt(user, 'removeReaction', { messageId: message.id, emoji });
const emojis = async () => (await readMessage(ada, message.id))!.reactions.map(({ emoji }) => emoji);

test('reactions show in the order of their adding, with who added them', async () => {
  const { position } = await fresh();
  await react(grace, '👍');
  await react(ada, '🎉');
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

test('adding twice and removing twice are no errors and no events', async () => {
  await fresh();
  const added = await react(ada, '👍');
  expect(await react(ada, '👍')).toEqual(added);
  expect(await unreact(grace, '👍')).toEqual(added);
  const removed = await unreact(ada, '👍');
  expect(removed).toMatchObject({ reactions: [], revision: (added.revision as number) + 1 });
  expect(await unreact(ada, '👍')).toEqual(removed);
  expect(await readChat(ada, chat.id)).toMatchObject({ position: removed.revision });
});

test.each([
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
])('%s is one reaction', async (_, emoji, spellings) => {
  await fresh();
  for (const spelling of [emoji, ...spellings]) {
    expect(await react(ada, spelling)).toMatchObject({ reactions: [{ emoji }] });
  }
  expect(await unreact(ada, spellings.at(-1)!)).toMatchObject({ reactions: [] });
});

test.each([
  '😀',
  '👍🏿',
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  '👩🏽‍🚀',
  '🧑🏻‍❤️‍💋‍🧑🏿',
  '❤️‍🔥',
  '©️',
  '🫠',
  ':+1:',
  ':party_parrot:',
  `:${'a'.repeat(62)}:`,
])('%s is one emoji', async (emoji) => {
  await fresh();
  expect(await react(ada, emoji)).toMatchObject({ reactions: [{ emoji }] });
  expect(await emojis()).toEqual([emoji]);
});

test.each([
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
])('%j is none', async (emoji) => {
  await fresh();
  const refusal = {
    code: 'INVALID_INPUT',
    field: 'emoji',
    message: 'emoji: must be one emoji, or a shortcode such as :party_parrot: of at most 64 characters',
  };
  expect(await react(ada, emoji)).toMatchObject(refusal);
  expect(await unreact(ada, emoji)).toMatchObject(refusal);
});

test('a message takes 20 different ones, each of any number of users', async () => {
  await fresh();
  const codes = Array.from({ length: 20 }, (_, i) => `:e${i}:`);
  for (const code of codes) await does(ada, 'addReaction', { messageId: message.id, emoji: code });

  const refusal = { code: 'INVALID_INPUT', field: 'emoji', message: 'emoji: a message has at most 20 different ones' };
  expect(await react(grace, '👍')).toMatchObject(refusal);
  expect(await react(ada, ':e3:')).toMatchObject({ __typename: 'Message' });
  expect(await react(grace, ':e3:')).toMatchObject({ __typename: 'Message' });
  await unreact(ada, ':e0:');
  expect(await react(grace, '👍')).toMatchObject({ __typename: 'Message' });
  expect(await emojis()).toEqual([...codes.slice(1), ':e3:', '👍']);
});

test('a reaction is its user’s own', async () => {
  await fresh();
  await react(grace, '👍');
  expect(await unreact(ada, '👍')).toMatchObject({ reactions: [{ user: { id: grace.id } }] });

  await remove(ada, chat, grace);
  expect(await unreact(grace, '👍')).toMatchObject({ code: 'FORBIDDEN' });
  expect(await react(grace, '👍')).toMatchObject({ code: 'FORBIDDEN' });
  // What they did stays, as what they wrote does.
  expect(await emojis()).toEqual(['👍']);
});
