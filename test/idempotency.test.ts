import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { createTestPubSub, startTestServer, type TestUser } from './support/app.ts';
import {
  add,
  attempt,
  contents,
  direct,
  does,
  group,
  mutation,
  mutationNames,
  readChat,
  remove,
  send,
  type Chat,
  type Message,
  type Mutation,
} from './support/documents.ts';
import { socketClient, TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const REUSED = { code: 'IDEMPOTENCY_KEY_REUSED' };
interface Scene {
  chat: Chat;
  message: Message;
  ada: TestUser;
  grace: TestUser;
  newcomer: TestUser;
}

/** Two inputs for each mutation, in a chat of Ada's with Grace and for a message of Ada's. */
function inputs({ chat, message, ada, grace, newcomer }: Scene): Record<Mutation, [object, object]> {
  const [chatId, messageId] = [chat.id, message.id];
  return {
    createChat: [
      { kind: 'GROUP', title: 'a', memberIds: [] },
      { kind: 'GROUP', title: 'b', memberIds: [] },
    ],
    updateChat: [
      { chatId, title: 'a' },
      { chatId, title: 'b' },
    ],
    deleteChat: [{ chatId }, { chatId: messageId.replace(/^TWVzc2FnZ/, 'Q2hhd') }],
    addChatMembers: [
      { chatId, userIds: [newcomer.id] },
      { chatId, userIds: [] },
    ],
    removeChatMember: [
      { chatId, userId: grace.id },
      { chatId, userId: ada.id },
    ],
    setChatMemberRole: [
      { chatId, userId: grace.id, role: 'ADMIN' },
      { chatId, userId: grace.id, role: 'MEMBER' },
    ],
    sendMessage: [
      { chatId, content: 'a' },
      { chatId, content: 'b' },
    ],
    editMessage: [
      { messageId, content: 'a' },
      { messageId, content: 'b' },
    ],
    deleteMessage: [{ messageId }, { messageId: chatId }],
    addReaction: [
      { messageId, emoji: '👍' },
      { messageId, emoji: '👎' },
    ],
    removeReaction: [
      { messageId, emoji: '👍' },
      { messageId, emoji: '👎' },
    ],
  };
}

test.for(mutationNames)(
  '%s under a key is done once, and any server repeats the answer',
  async (name, { one, two, ada, grace }) => {
    const chat = await group(ada, grace);
    const message = await send(ada, chat);
    const [input, other] = inputs({ chat, message, ada, grace, newcomer: await one.user() })[name];
    const headers = { 'idempotency-key': randomUUID() };

    const first = await ada.request(mutation(name), { input }, headers);
    expect(first).toMatchObject({
      status: 200,
      data: { [name]: { __typename: expect.not.stringContaining('Error') as string } },
    });
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const after = await readChat(ada, chat.id);

    const again = await ada.at(two).request(mutation(name), { input }, headers);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await readChat(ada, chat.id)).toEqual(after);

    if (name !== 'deleteMessage' && name !== 'deleteChat') {
      const reused = await ada.at(two).request(mutation(name), { input: other }, headers);
      expect(reused.data).toMatchObject({ [name]: REUSED });
      expect(reused.headers.get('idempotency-replayed')).toBeNull();
      expect(await readChat(ada, chat.id)).toEqual(after);
    }
  },
);

describe('the scope of a key', () => {
  test('is one user and one mutation', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const key = randomUUID();
    const sent = await does(ada, 'sendMessage', { chatId: chat.id, content: 'mine' }, key);

    expect(await does(grace, 'sendMessage', { chatId: chat.id, content: 'hers' }, key)).toMatchObject({
      content: 'hers',
    });
    const aliased = mutation('editMessage').replace('editMessage(', 'sendMessage: editMessage(');
    const input = { messageId: sent.id, content: 'x' };
    expect(await ada.ask(aliased, { input }, { 'idempotency-key': key })).toMatchObject(REUSED);
    expect(await contents(ada, chat)).toEqual(['mine', 'hers']);
  });

  test('is the response name, so that one document can send twice', async ({ two, ada }) => {
    const chat = await group(ada);
    const result = '{ __typename ... on Message { content } ... on Error { code } }';
    const twice = `mutation ($input: SendMessageInput!) { a: sendMessage(input: $input) ${result} b: sendMessage(input: $input) ${result} }`;
    const variables = { input: { chatId: chat.id, content: 'x' } };
    const headers = { 'idempotency-key': randomUUID() };

    const { data } = await ada.request(twice, variables, headers);
    expect(data).toMatchObject({ a: { content: 'x' }, b: { content: 'x' } });
    expect((await ada.at(two).request(twice, variables, headers)).data).toEqual(data);
    expect(await contents(ada, chat)).toEqual(['x', 'x']);
  });

  test('compares inputs, not their spelling in the document', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const [key, { id }] = [randomUUID(), chat];
    const first = await does(ada, 'sendMessage', { chatId: id, content: 'x' }, key);
    expect(await does(ada, 'sendMessage', { content: 'x', type: 'TEXT', chatId: id }, key)).toEqual(first);
    for (const input of [
      { content: 'X' },
      { content: 'x', payload: 1 },
      { content: 'x', replyToId: first.id },
      { content: 'x', type: 'FILE', payload: 1 },
    ]) {
      expect(await attempt(ada, 'sendMessage', { chatId: id, ...input }, key)).toMatchObject(REUSED);
    }
  });
});

describe('a key', () => {
  test('has 1–255 bytes', async ({ ada }) => {
    const chat = await group(ada);
    for (const key of ['k', 'k'.repeat(255), ' !"#~']) {
      expect(await attempt(ada, 'sendMessage', { chatId: chat.id, content: 'x' }, key)).toMatchObject({ content: 'x' });
    }
    for (const key of ['', 'k'.repeat(256)]) {
      const answer = await ada.request(
        mutation('sendMessage'),
        { input: { chatId: chat.id, content: 'x' } },
        { 'idempotency-key': key },
      );
      expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    }
    expect(await contents(ada, chat)).toEqual(['x', 'x', 'x']);
  });

  test('can be used again after a refusal', async ({ ada, grace }) => {
    const chat = await group(grace);
    const key = randomUUID();
    const input = { chatId: chat.id, content: 'x' };
    expect(await attempt(ada, 'sendMessage', input, key)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await attempt(ada, 'sendMessage', { ...input, content: '' }, key)).toMatchObject({ code: 'INVALID_INPUT' });
    await add(grace, chat, ada);
    const answer = await ada.request(mutation('sendMessage'), { input }, { 'idempotency-key': key });
    expect(answer.data).toMatchObject({ sendMessage: { content: 'x' } });
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  test('is refused for a batch, of which nothing is done', async ({ one, ada }) => {
    const chat = await group(ada);
    const operation = { query: mutation('sendMessage'), variables: { input: { chatId: chat.id, content: 'x' } } };
    const post = (headers: Record<string, string>) =>
      fetch(one.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}`, ...headers },
        body: JSON.stringify([operation, operation]),
      });
    const refused = await post({ 'idempotency-key': 'k' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(await contents(ada, chat)).toEqual([]);
    expect((await post({})).status).toBe(200);
    expect(await contents(ada, chat)).toEqual(['x', 'x']);
  });

  test('can be required', async ({ one, ada }) => {
    const strict = await startTestServer({ database: one.database, idempotency: 'required' });
    const chat = await group(ada);
    const input = { chatId: chat.id, content: 'x' };
    const refused = await ada.at(strict).request(mutation('sendMessage'), { input });
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(await attempt(ada.at(strict), 'sendMessage', input, 'required')).toMatchObject({ content: 'x' });
    expect(await readChat(ada.at(strict), chat.id)).not.toBeNull();
    await strict.stop();
  });
});

describe('a replay', () => {
  test('is read again, with the selection of the repeated request', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const key = randomUUID();
    const sent = await does(ada, 'sendMessage', { chatId: chat.id, content: 'first' }, key);
    await does(ada, 'editMessage', { messageId: sent.id, content: 'edited' });
    await does(grace, 'addReaction', { messageId: sent.id, emoji: '👍' });

    expect(await attempt(ada, 'sendMessage', { chatId: chat.id, content: 'first' }, key)).toMatchObject({
      id: sent.id,
      content: 'edited',
      reactions: [{ emoji: '👍' }],
    });
    const other =
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { author { username } } } }';
    expect(await ada.ask(other, { input: { chatId: chat.id, content: 'first' } }, { 'idempotency-key': key })).toEqual({
      author: { username: ada.username },
    });
  });

  test('is given only after a new check of access', async ({ ada, grace }) => {
    const chat = await group(grace, ada);
    const [key, input] = [randomUUID(), { chatId: chat.id, content: 'x' }];
    await does(ada, 'sendMessage', input, key);
    await remove(grace, chat, ada);
    expect(await attempt(ada, 'sendMessage', input, key)).toMatchObject({ code: 'FORBIDDEN' });
    await does(grace, 'deleteChat', { chatId: chat.id });
    expect(await attempt(ada, 'sendMessage', input, key)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is given without that check after an ending: the user who left or deleted the chat gets it again', async ({
    two,
    ada,
    grace,
  }) => {
    const chat = await group(ada, grace);
    const left = await attempt(grace, 'removeChatMember', { chatId: chat.id, userId: grace.id }, 'leave');
    expect(await attempt(grace.at(two), 'removeChatMember', { chatId: chat.id, userId: grace.id }, 'leave')).toEqual(
      left,
    );
    await add(ada, chat, grace);
    // The member is not removed a second time.
    expect(await attempt(grace, 'removeChatMember', { chatId: chat.id, userId: grace.id }, 'leave')).toEqual(left);
    expect(await readChat(grace, chat.id)).not.toBeNull();

    const deleted = await attempt(ada, 'deleteChat', { chatId: chat.id }, 'delete');
    expect(await attempt(ada.at(two), 'deleteChat', { chatId: chat.id }, 'delete')).toEqual(deleted);
    expect(await attempt(grace, 'removeChatMember', { chatId: chat.id, userId: grace.id }, 'leave')).toEqual(left);
  });

  test('for a DIRECT chat is the chat that was created', async ({ one, two, ada }) => {
    const other = await one.user();
    const input = { kind: 'DIRECT', memberIds: [other.id] };
    const made = await does(ada, 'createChat', input, 'direct');
    expect(await does(ada.at(two), 'createChat', input, 'direct')).toEqual(made);
    await does(other, 'deleteChat', { chatId: made.id });
    expect(await attempt(ada, 'createChat', input, 'direct')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await direct(ada, other)).not.toMatchObject({ id: made.id });
  });

  test('gets its answer after a crash between commit and answer', async ({ one, two, ada, grace }) => {
    const pubsub = createTestPubSub(randomUUID());
    const dying = await startTestServer({
      database: one.database,
      pubsub: { ...pubsub, publish: () => void expect.fail('the server dies here') },
    });
    const chat = await group(ada, grace);
    const [key, input] = [randomUUID(), { chatId: chat.id, content: 'once' }];

    await expect(attempt(ada.at(dying), 'sendMessage', input, key)).rejects.toThrow('INTERNAL_SERVER_ERROR');
    expect(await attempt(ada.at(two), 'sendMessage', input, key)).toMatchObject({ content: 'once' });
    expect(await contents(grace, chat)).toEqual(['once']);
    await dying.stop();
    await pubsub.close();
  });
});

test('over WebSocket the key and its replay are in the extensions', async ({ one, ada, grace }) => {
  const chat = await group(ada, grace);
  const client = socketClient(one.app.port, ada.token);
  const variables = { input: { chatId: chat.id, content: 'x' } };
  const ask = async (extensions: Record<string, unknown>, content = 'x') => {
    const stream = TestStream.open(
      client,
      mutation('sendMessage'),
      { input: { ...variables.input, content } },
      { extensions },
    );
    await stream.end();
    // The mutation was refused before it ran, or was answered.
    return stream.error ? { errors: stream.error } : stream.results[0]!;
  };

  const first = await ask({ idempotencyKey: 'socket' });
  expect(first).not.toHaveProperty('extensions');
  const again = await ask({ idempotencyKey: 'socket' });
  expect(again).toEqual({ ...first, extensions: { idempotencyReplayed: true } });
  // The same key over HTTP and over the WebSocket.
  expect(await does(ada, 'sendMessage', variables.input, 'socket')).toEqual(
    (first as { data: Record<string, unknown> }).data.sendMessage,
  );
  expect(await ask({ idempotencyKey: 'socket' }, 'y')).toMatchObject({ data: { sendMessage: REUSED } });

  for (const content of ['no key', 'none again'])
    expect(await ask({ idempotencyKey: null }, content)).toMatchObject({ data: { sendMessage: { content } } });
  for (const idempotencyKey of ['', 'k'.repeat(256), 'ü'.repeat(128), 'a\0', 5, {}, true]) {
    expect(await ask({ idempotencyKey })).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  }
  expect(await ask({ idempotencyKey: 'ü'.repeat(127) })).toMatchObject({ data: { sendMessage: { content: 'x' } } });
  expect(await contents(ada, chat)).toEqual(['x', 'no key', 'none again', 'x']);
  await client.dispose();
});
