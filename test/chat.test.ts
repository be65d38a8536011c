import { describe, expect } from 'vitest';
import type { TestUser } from './support/app.ts';
import { add, attempt, direct, does, group, readChat, remove, roles, send } from './support/documents.ts';
import { test } from './support/test.ts';

const unknownUser = Buffer.from('User:3f333df6-90a4-4fda-8dd3-9485d27cee36').toString('base64url');
const unknownChat = Buffer.from('Chat:3f333df6-90a4-4fda-8dd3-9485d27cee36').toString('base64url');
const create = (user: TestUser, input: object) => attempt(user, 'createChat', input);

describe('a GROUP', () => {
  test('has its creator as owner and the others as members, at position 2', async ({ ada, grace }) => {
    const chat = await does(ada, 'createChat', { kind: 'GROUP', title: 'Plans', memberIds: [grace.id] });

    expect(chat).toMatchObject({
      kind: 'GROUP',
      title: 'Plans',
      position: 2,
      createdBy: { id: ada.id },
      updatedAt: null,
    });
    expect(await roles(grace, chat)).toEqual({ [ada.username]: 'OWNER', [grace.username]: 'MEMBER' });
    expect(chat).toMatchObject((await readChat(grace, chat.id))!);
  });

  test('may have no title and no other members; repeating a member, or naming oneself, has no effect', async ({
    ada,
    grace,
  }) => {
    const alone = await does(ada, 'createChat', { kind: 'GROUP', memberIds: [] });
    const repeated = await does(ada, 'createChat', { kind: 'GROUP', memberIds: [grace.id, ada.id, grace.id] });

    expect(alone.title).toBeNull();
    expect(await roles(ada, alone)).toEqual({ [ada.username]: 'OWNER' });
    expect(await roles(ada, repeated)).toEqual({ [ada.username]: 'OWNER', [grace.username]: 'MEMBER' });
  });

  test.for([
    ['', 'title: must be 1–120 characters, not blank'],
    [' \n\t ', 'title: must be 1–120 characters, not blank'],
    ['x'.repeat(121), 'title: must be 1–120 characters'],
    ['👨‍👩‍👧‍👦'.repeat(100), 'title: must be at most 2048 bytes of UTF-8'],
    ['a\0b', 'title: must be well-formed Unicode without the NUL character'],
    ['a\ud800b', 'title: must be well-formed Unicode without the NUL character'],
  ])('refuses the title %j', async ([title, message], { ada }) => {
    const refusal = { __typename: 'InvalidInputError', code: 'INVALID_INPUT', field: 'title', message };
    const chat = await group(ada);

    expect(await create(ada, { kind: 'GROUP', title, memberIds: [] })).toEqual(refusal);
    expect(await attempt(ada, 'updateChat', { chatId: chat.id, title })).toEqual(refusal);
  });

  test.for(['x', 'x'.repeat(120), '👨‍👩‍👧'.repeat(100), "'; DROP TABLE chat; --"])(
    'accepts the title %j',
    async (title, { ada }) => {
      const chat = await does(ada, 'createChat', { kind: 'GROUP', title, memberIds: [] });
      expect(await readChat(ada, chat.id)).toMatchObject({ title });
    },
  );

  test('is renamed by its owner and admins, and is returned with its new position', async ({ ada, grace, linus }) => {
    const chat = await group(ada, grace, linus);
    await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: grace.id, role: 'ADMIN' });
    const rename = (user: TestUser, title: string) => attempt(user, 'updateChat', { chatId: chat.id, title });

    expect(await rename(ada, 'Owner’s')).toMatchObject({
      title: 'Owner’s',
      position: 6,
      updatedAt: expect.any(String) as string,
    });
    expect(await rename(grace, 'Admin’s')).toMatchObject({ title: 'Admin’s', position: 8 });
    expect(await rename(linus, 'Member’s')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await readChat(linus, chat.id)).toMatchObject({ title: 'Admin’s', position: 8 });
  });

  test('takes no position if the title stays the same', async ({ ada }) => {
    const chat = await group(ada);
    expect(await does(ada, 'updateChat', { chatId: chat.id, title: 'Plans' })).toEqual(chat);
    expect(await readChat(ada, chat.id)).toMatchObject({ position: 2, updatedAt: null });
  });

  test('is deleted only by its owner', async ({ ada, grace, linus }) => {
    const chat = await group(ada, grace, linus);
    await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: grace.id, role: 'ADMIN' });
    const message = await send(linus, chat);
    const input = { chatId: chat.id };

    expect(await attempt(grace, 'deleteChat', input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await attempt(linus, 'deleteChat', input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await readChat(linus, chat.id)).not.toBeNull();

    expect(await does(ada, 'deleteChat', input)).toEqual({
      __typename: 'ChatDeleted',
      id: chat.id,
      chatId: chat.id,
      position: 6,
      deletedBy: { id: ada.id },
    });
    expect(await readChat(ada, chat.id)).toBeNull();
    expect(await attempt(ada, 'deleteChat', input)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await attempt(linus, 'editMessage', { messageId: message.id, content: 'x' })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a DIRECT chat', () => {
  test('is the same for two users, whichever of them creates it', async ({ server }) => {
    const [a, b] = [await server.user('a'), await server.user('b')];
    const chat = await direct(a, b);

    expect(chat).toMatchObject({ kind: 'DIRECT', title: null, position: 1 });
    expect(await direct(b, a)).toEqual(chat);
    expect(await does(a, 'createChat', { kind: 'DIRECT', memberIds: [b.id, a.id, b.id] })).toEqual(chat);
    expect(await roles(b, chat)).toEqual({ [a.username]: 'MEMBER', [b.username]: 'MEMBER' });
    expect(await readChat(a, chat.id)).toMatchObject({ position: 1 });
  });

  test('is deleted by either member, and creating it again makes a new one', async ({ server }) => {
    const [a, b] = [await server.user('a'), await server.user('b')];
    const first = await direct(a, b);
    await send(a, first, 'gone');
    await does(b, 'deleteChat', { chatId: first.id });

    const second = await direct(a, b);
    expect(second.id).not.toBe(first.id);
    expect(second.position).toBe(1);
    expect(await direct(b, a)).toEqual(second);
    expect(await attempt(a, 'sendMessage', { chatId: first.id, content: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('keeps its two members and has no title', async ({ ada, grace, linus }) => {
    const chat = await direct(ada, grace);
    const chatId = chat.id;
    const refusals = [
      await attempt(ada, 'updateChat', { chatId, title: 'x' }),
      await attempt(ada, 'addChatMembers', { chatId, userIds: [linus.id] }),
      await attempt(ada, 'removeChatMember', { chatId, userId: grace.id }),
      await attempt(ada, 'removeChatMember', { chatId, userId: ada.id }),
      await attempt(ada, 'setChatMemberRole', { chatId, userId: grace.id, role: 'ADMIN' }),
    ];
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'INVALID_INPUT', field: 'chatId' });
    expect(await readChat(grace, chatId)).toMatchObject({ position: chat.position });
  });

  test('needs exactly one other user, who must exist, and no title', async ({ ada, grace, linus }) => {
    const invalid = (field: string) => ({ code: 'INVALID_INPUT', field });
    expect(await create(ada, { kind: 'DIRECT', memberIds: [] })).toMatchObject(invalid('memberIds'));
    expect(await create(ada, { kind: 'DIRECT', memberIds: [ada.id] })).toMatchObject(invalid('memberIds'));
    expect(await create(ada, { kind: 'DIRECT', memberIds: [grace.id, linus.id] })).toMatchObject(invalid('memberIds'));
    expect(await create(ada, { kind: 'DIRECT', title: 'x', memberIds: [grace.id] })).toMatchObject(invalid('title'));
    expect(await create(ada, { kind: 'DIRECT', memberIds: [unknownUser] })).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('a chat with an unknown user is not created', async ({ server, grace }) => {
  const maker = await server.user();
  for (const memberIds of [[grace.id, unknownUser], ['no id'], [''], [unknownChat]]) {
    expect(await create(maker, { kind: 'GROUP', memberIds })).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await maker.ask('{ chats { edges { node { id } } } }')).toEqual({ edges: [] });
});

/** Every operation on a chat and on one of its messages. */
const attempts = (user: TestUser, chatId: string, messageId: string) => [
  attempt(user, 'updateChat', { chatId, title: 'x' }),
  attempt(user, 'deleteChat', { chatId }),
  attempt(user, 'addChatMembers', { chatId, userIds: [user.id] }),
  attempt(user, 'removeChatMember', { chatId, userId: user.id }),
  attempt(user, 'setChatMemberRole', { chatId, userId: user.id, role: 'OWNER' }),
  attempt(user, 'sendMessage', { chatId, content: 'x' }),
  attempt(user, 'sendMessage', { chatId, content: 'x', replyToId: messageId }),
  attempt(user, 'editMessage', { messageId, content: 'x' }),
  attempt(user, 'deleteMessage', { messageId }),
  attempt(user, 'addReaction', { messageId, emoji: '👍' }),
  attempt(user, 'removeReaction', { messageId, emoji: '👍' }),
];

describe('a user who is not a member', () => {
  const reads = `query ($chat: ID!, $message: ID!, $ids: [ID!]!) {
    chat(id: $chat) { id } node(id: $chat) { id } message: node(id: $message) { id } nodes(ids: $ids) { id } }`;
  const nothing = (count: number) => ({ chat: null, node: null, message: null, nodes: Array<null>(count).fill(null) });

  test.for(['was never a member', 'was removed'])(
    'and %s is refused everything',
    async (who, { server, ada, grace }) => {
      const outsider = await server.user('outsider');
      const chat = await group(ada, grace);
      const message = await send(ada, chat);
      const reacted = await does(ada, 'addReaction', { messageId: message.id, emoji: '👍' });
      if (who === 'was removed') {
        await add(ada, chat, outsider);
        await remove(ada, chat, outsider);
      }
      const before = await readChat(ada, chat.id);

      for (const answer of attempts(outsider, chat.id, message.id))
        expect(await answer).toMatchObject({ code: 'FORBIDDEN' });
      const ids = [chat.id, message.id, reacted.reactions[0]!.id];
      const { data } = await outsider.request(reads, { chat: chat.id, message: message.id, ids });
      expect(data).toEqual(nothing(3));
      for (const field of ['messageCreated', 'messageUpdated']) {
        const stream = outsider.subscribe(`subscription ($id: ID) { ${field}(chatId: $id) { id } }`, { id: chat.id });
        await stream.end();
        expect(stream.results).toMatchObject([{ errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
      }
      expect(await readChat(ada, chat.id)).toEqual(before);
      expect((await ada.request(reads, { chat: chat.id, message: message.id, ids })).data).toEqual({
        chat: { id: chat.id },
        node: { id: chat.id },
        message: { id: message.id },
        nodes: ids.map((id) => ({ id })),
      });
    },
  );

  test.for(['is deleted', 'never was', 'is no chat'])(
    'of a chat that %s gets NOT_FOUND',
    async (how, { ada, grace }) => {
      const chat = await group(ada, grace);
      const message = await send(ada, chat);
      if (how === 'is deleted') await does(ada, 'deleteChat', { chatId: chat.id });
      const [chatId, messageId] = {
        'is deleted': [chat.id, message.id],
        'never was': [unknownChat, unknownChat.replace('Chat', 'Message')],
        'is no chat': [message.id, chat.id],
      }[how]!;

      for (const answer of attempts(grace, chatId!, messageId!))
        expect(await answer).toMatchObject({ code: 'NOT_FOUND' });
      const variables = {
        chat: chatId,
        message: how === 'is no chat' ? unknownChat : messageId,
        ids: [unknownChat, 'x', ''],
      };
      const { data } = await grace.request(
        how === 'is no chat' ? reads.replace('node(id: $chat)', 'node(id: "")') : reads,
        variables,
      );
      expect(data).toEqual(nothing(3));
      const stream = grace.subscribe('subscription ($id: ID) { messageCreated(chatId: $id) { id } }', { id: chatId });
      await stream.end();
      expect(stream.results).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
    },
  );
});

test('node and nodes find the objects that the viewer may see, in the order of the ids', async ({
  ada,
  grace,
  linus,
}) => {
  const chat = await group(ada, grace);
  const message = await send(ada, chat);
  const { reactions } = await does(grace, 'addReaction', { messageId: message.id, emoji: '👍' });
  const ids = [reactions[0]!.id, 'nothing', chat.id, message.id, linus.id, chat.id, unknownUser];
  const types = ['Reaction', null, 'Chat', 'Message', 'User', 'Chat', null];

  const found = await grace.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
  expect(found).toEqual(ids.map((id, i) => types[i] && { __typename: types[i], id }));
  for (const [i, id] of ids.entries()) {
    const node = await grace.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id });
    expect(node).toEqual(types[i] && { __typename: types[i], id });
  }
});

test('without a viewer node and nodes find nothing', async ({ server, ada }) => {
  const stranger = server.stranger();
  for (const query of [
    '{ chats { edges { cursor } } }',
    `{ chat(id: "${unknownChat}") { id } }`,
    `{ node(id: "${ada.id}") { id } }`,
    `{ nodes(ids: ["${ada.id}"]) { id } }`,
    '{ users(search: "ada") { edges { cursor } } }',
  ]) {
    expect(await stranger.request(query)).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  }
  await Promise.all(
    attempts(stranger, unknownChat, unknownChat).map((answer) => expect(answer).rejects.toThrow('UNAUTHENTICATED')),
  );
});
