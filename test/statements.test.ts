import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent, startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { does, group, send, type Chat } from './support/documents.ts';
import { countStatements } from './support/statements.ts';

/** With this number of rows, one statement for each row would exceed every bound below. */
const MANY = 8;

let server: TestServer;
/** A user with one row of everything, and a user with many. */
let few: { viewer: TestUser; chat: Chat; ids: string[] };
let many: typeof few;

beforeAll(async () => {
  server = await startTestServer(silent);
  few = await populate(1);
  many = await populate(MANY);
});
afterAll(() => server.stop());

/**
 * Creates a viewer with this number of chats and of other members in each. Each of them writes a message and reacts to
 * all.
 */
async function populate(size: number): Promise<typeof few> {
  const viewer = await server.user('viewer');
  const others: TestUser[] = [];
  for (let i = 0; i < size; i++) others.push(await server.user('counted'));
  let chat!: Chat;
  const ids: string[] = [];
  for (let i = 0; i < size; i++) {
    chat = await group(viewer, ...others);
    const first = await send(others[0]!, chat);
    for (const author of others) {
      const { id } = await does(author, 'sendMessage', { chatId: chat.id, content: 'x', replyToId: first.id });
      const { reactions } = await does(author, 'addReaction', { messageId: id, emoji: '👍' });
      ids.push(id, reactions[0]!.id);
    }
    ids.push(chat.id, others[i]!.id);
  }
  return { viewer, chat, ids: ids.slice(-100) };
}

const USER = 'id username';
const MESSAGE = `id content author { ${USER} } chat { title } replyTo { content author { ${USER} } } reactions { emoji user { ${USER} } }`;
const MEMBERS = `members { edges { node { role user { ${USER} } } } }`;
const MESSAGES = `messages { edges { node { ${MESSAGE} } } }`;

test.each<[string, string, string, number]>([
  ['chats', '', 'chats { edges { node { id createdBy { username } } } }', 2],
  ['chats with their counts', '', 'chats { edges { node { memberCount viewerRole } } }', 2],
  ['members', '($id: ID!)', `chat(id: $id) { ${MEMBERS} }`, 3],
  ['messages', '($id: ID!)', `chat(id: $id) { ${MESSAGES} }`, 7],
  ['users', '', `users(search: "counted") { edges { node { ${USER} } } }`, 1],
  [
    'nodes',
    '($ids: [ID!]!)',
    `nodes(ids: $ids) { __typename ... on Message { ${MESSAGE} } ... on Reaction { user { ${USER} } } }`,
    9,
  ],
  [
    'chats with their last messages, members, authors and reactions',
    '',
    `chats(first: 20) { edges { node { title createdBy { ${USER} } lastMessage { ${MESSAGE} } ${MEMBERS} messages(last: 3) { edges { node { ${MESSAGE} } } } } } }`,
    17,
  ],
])('%s take no more statements for many rows than for one', async (_, variables, selection, atMost) => {
  const query = `query ${variables} { ${selection} }`;
  const read = ({ viewer, chat, ids }: typeof few) => viewer.ask(query, { id: chat.id, ids });
  await read(few);

  // Reads that run side by side may share a statement or not. The bound is the number without sharing.
  for (const viewer of [few, many]) {
    const statements = await countStatements(() => read(viewer));
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(atMost);
  }
});

test('sending takes one statement for a user who has sent before', async () => {
  const { viewer, chat } = many;
  const query =
    'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { id content position } } }';
  const sending = () => viewer.ask(query, { input: { chatId: chat.id, content: 'x' } });
  await sending();
  expect(await countStatements(sending)).toBe(1);
});
