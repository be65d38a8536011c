import { describe, expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { silent, startTestServer, type TestUser } from './support/app.ts';
import { add, group, remove, send, type Chat } from './support/documents.ts';
import { markRead } from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';
import { until } from './support/until.ts';

const test = withTwoServers(silent);

const EPHEMERAL = `subscription ($chatIds: [ID!]!) {
  ephemeral(chatIds: $chatIds) {
    __typename
    ... on TypingChanged { chatId users { username } userCount expiresInMs }
    ... on ReadReceiptsChanged { chatId receipts { readPosition } }
  }
}`;

async function look(user: TestUser, ...chats: Chat[]): Promise<TestStream> {
  const stream = user.subscribe(EPHEMERAL, { chatIds: chats.map(({ id }) => id) });
  await stream.item(({ __typename }) => __typename === 'EphemeralReady');
  return stream;
}

const type = (user: TestUser, { id: chatId }: { id: string }, isTyping = true) =>
  user.ask(
    'mutation ($input: SetTypingInput!) { setTyping(input: $input) { __typename ... on Error { code message } } }',
    { input: { chatId, isTyping } },
  );
const SET = { __typename: 'TypingSet' };

interface Typing {
  chatId: string;
  users: { username: string }[];
  userCount: number;
  expiresInMs: number;
}
const typings = ({ items }: TestStream, { id }: Chat) =>
  items.filter(({ __typename, chatId }) => __typename === 'TypingChanged' && chatId === id) as unknown as Typing[];
const names = (typing: Typing | undefined) => typing?.users.map(({ username }) => username);
/** Waits until the newest `TypingChanged` of the chat lists these users, in this order. */
const types = (stream: TestStream, chat: Chat, ...users: TestUser[]) =>
  until(
    () => JSON.stringify(names(typings(stream, chat).at(-1))) === JSON.stringify(users.map(({ username }) => username)),
    () => JSON.stringify(stream.items),
  );

test('a user with a chat on screen sees who types in it, on any server, until they stop or send', async ({
  two,
  ada,
  grace,
}) => {
  const chat = await group(ada, grace);
  const looking = [await look(ada, chat), await look(ada.at(two), chat)];
  expect(await type(grace.at(two), chat)).toEqual(SET);
  for (const stream of looking) {
    await types(stream, chat, grace);
    expect(typings(stream, chat)[0]).toMatchObject({ userCount: 1 });
    expect(typings(stream, chat)[0]!.expiresInMs).toBeGreaterThan(5_000);
  }
  await type(ada, chat);
  for (const stream of looking) await types(stream, chat, grace, ada);
  await type(grace.at(two), chat, false);
  for (const stream of looking) await types(stream, chat, ada);
  await send(ada, chat);
  for (const stream of looking) await types(stream, chat);
  expect(typings(looking[0]!, chat).at(-1)).toMatchObject({ userCount: 0, expiresInMs: 0 });
  for (const stream of looking) stream.stop();
});

test('a new subscription shows at once who types', async ({ ada, grace }) => {
  const [chat, other] = [await group(ada, grace), await group(ada, grace)];
  const first = await look(ada, chat);
  await type(grace, chat);
  await types(first, chat, grace);
  const second = await look(ada, other, chat);
  await types(second, chat, grace);
  expect(typings(second, other)).toEqual([]);
  for (const stream of [first, second]) stream.stop();
});

test('a user whose membership ends no longer types, and receives nothing more', async ({ ada, grace }) => {
  const [chat, other] = [await group(ada, grace), await group(ada, grace)];
  const [mine, theirs] = [await look(ada, chat), await look(grace, chat, other)];
  await type(grace, chat);
  await types(mine, chat, grace);
  await remove(ada, chat, grace);
  await types(mine, chat);
  expect(await type(grace, chat, false)).toMatchObject({ code: 'FORBIDDEN' });
  const before = typings(theirs, chat).length;
  await type(ada, chat);
  await types(mine, chat, ada);
  await type(ada, other);
  await types(theirs, other, ada);
  expect(typings(theirs, chat)).toHaveLength(before);
  await add(ada, chat, grace);
  for (const stream of [mine, theirs]) stream.stop();
});

describe('nothing is sent', () => {
  test('in a chat of more than 100 members, though it succeeds', async ({ one, ada, grace }) => {
    const [large, small] = [await group(ada, grace), await group(ada, grace)];
    await one.database.db.chat.update({
      where: { id: rowId('Chat', large.id) },
      data: { memberCount: limits.typingMembers + 1 },
    });
    const looking = await look(ada, large, small);
    for (const user of [ada, grace]) expect(await type(user, large)).toEqual(SET);
    await type(grace, small);
    await types(looking, small, grace);
    expect(typings(looking, large)).toEqual([]);
    looking.stop();
  });

  test('for reports that come more often than allowed', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const looking = await look(ada, chat);
    for (let i = 0; i < 5; i++) expect(await type(grace, chat)).toEqual(SET);
    await type(grace, chat, false);
    for (let i = 0; i < 5; i++) expect(await type(grace, chat, false)).toEqual(SET);
    await types(looking, chat);
    // The receipt arrives after all earlier events.
    const { position } = await send(ada, chat);
    await markRead(grace, chat, position);
    await looking.item(({ __typename }) => __typename === 'ReadReceiptsChanged');
    expect(typings(looking, chat).map(({ userCount }) => userCount)).toEqual([1, 0]);
    looking.stop();
  });
});

test('only members can report typing, and the id must be that of a chat', async ({ one, ada, grace }) => {
  const chat = await group(grace);
  expect(await type(ada, chat)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await type(ada, { id: encodeId('Chat', '3f333df6-90a4-4fda-8dd3-9485d27cee36') })).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await type(ada, grace)).toMatchObject({ code: 'NOT_FOUND' });
  const strict = await startTestServer({ database: one.database, idempotency: 'required' });
  expect(await type(grace.at(strict), chat)).toEqual(SET);
  await strict.stop();
});

test('statements: the server with the member’s subscription takes none, and any other server takes one', async ({
  one,
  ada,
  grace,
}) => {
  const alone = await startTestServer({ database: one.database, ...silent });
  const user = grace.at(alone);
  const chats = await Promise.all(Array.from({ length: 8 }, () => group(grace, ada)));
  const next = () => type(user, chats.pop()!);
  expect(await countStatements(next)).toBe(1);
  // The selection has no users, because these would be read when the event is shown.
  const looking = user.subscribe('subscription ($chatIds: [ID!]!) { ephemeral(chatIds: $chatIds) { __typename } }', {
    chatIds: chats.map(({ id }) => id),
  });
  await looking.count(1);
  expect(await countStatements(next)).toBe(0);
  looking.stop();
  await alone.stop();
});
