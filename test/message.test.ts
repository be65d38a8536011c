import { describe, expect } from 'vitest';
import type { TestUser } from './support/app.ts';
import {
  add,
  attempt,
  direct,
  does,
  group,
  mutation,
  readChat,
  readMessage,
  remove,
  send,
} from './support/documents.ts';
import { test as base } from './support/test.ts';

const test = base.extend('chat', ({ ada, grace, linus }) => group(ada, grace, linus));

const post = (user: TestUser, { id }: { id: string }, input: object) =>
  attempt(user, 'sendMessage', { chatId: id, ...input });
const edit = (user: TestUser, messageId: string, change: object) =>
  attempt(user, 'editMessage', { messageId, ...change });
const invalid = (field: string, message: string) => ({
  __typename: 'InvalidInputError',
  code: 'INVALID_INPUT',
  field,
  message: `${field}: ${message}`,
});

describe('sending', () => {
  test('returns the whole message, as every member sees it', async ({ ada, grace, chat }) => {
    const { position } = (await readChat(ada, chat.id))!;
    const message = await send(ada, chat, 'hello');

    expect(message).toMatchObject({
      __typename: 'Message',
      chatId: chat.id,
      authorId: ada.id,
      type: 'TEXT',
      content: 'hello',
      payload: null,
      status: 'SENT',
      updatedAt: null,
      replyToId: null,
      position: position + 1,
      revision: position + 1,
      isDeleted: false,
      deletedAt: null,
      reactions: [],
    });
    expect(message.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(message).toMatchObject((await readMessage(grace, message.id))!);
    expect(await readChat(grace, chat.id)).toMatchObject({ position: position + 1, lastActivityAt: message.createdAt });
  });

  test('returns every field of a message', async ({ ada, grace, chat }) => {
    const { id } = await send(ada, chat);
    const query = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message {
      chat { id lastMessage { content } viewerRole } author { id username } replyTo { id chat { id } } } } }`;
    const input = { chatId: chat.id, content: 'Yes', replyToId: id };
    expect(await grace.ask(query, { input })).toEqual({
      chat: { id: chat.id, lastMessage: { content: 'Yes' }, viewerRole: 'MEMBER' },
      author: { id: grace.id, username: grace.username },
      replyTo: { id, chat: { id: chat.id } },
    });
  });

  test.for([
    'x',
    '  spaces around it stay  ',
    'é'.repeat(4_000),
    '👨‍👩‍👧'.repeat(900),
    'a\u0301'.repeat(4_000),
    '2026-01-31T09:30:00.000Z',
    'null',
    '"\\u0000" \\ %_ \u2028 \u202e \u{10ffff}',
    "'); DROP TABLE message; --",
  ])('accepts the content %#', async (content, { ada, grace, chat }) => {
    const message = await send(ada, chat, content);
    const stored = content.normalize('NFC');
    expect(message.content).toBe(stored);
    expect(await readMessage(grace, message.id)).toMatchObject({ content: stored });
  });

  test.for<[string, string | null | undefined, string]>([
    ['nothing', undefined, 'a TEXT message needs content'],
    ['null', null, 'a TEXT message needs content'],
    ['no character', '', 'must be 1–4000 characters, not blank'],
    ['blanks', ' \t\r\n\u00a0\u3000', 'must be 1–4000 characters, not blank'],
    ['a character too many', 'x'.repeat(4_001), 'must be 1–4000 characters'],
    ['a character too many, of two units each', '😀'.repeat(4_001), 'must be 1–4000 characters'],
    ['bytes too many in few characters', '👨‍👩‍👧'.repeat(911), 'must be at most 16384 bytes of UTF-8'],
    ['NUL', 'a\0', 'must be well-formed Unicode without the NUL character'],
    ['half a character', 'a\udc00', 'must be well-formed Unicode without the NUL character'],
  ])('refuses %s as content', async ([_, content, message], { ada, chat }) => {
    const before = await readChat(ada, chat.id);
    expect(await post(ada, chat, { content })).toEqual(invalid('content', message));
    expect(await readChat(ada, chat.id)).toEqual(before);
  });

  test.for<[string, object]>([
    ['TEXT', { content: 'x', payload: { mentions: [1, 2.5, null, true, { '': 'ü' }] } }],
    ['IMAGE', { payload: { url: 'https://example.org/a.png' } }],
    ['IMAGE', { payload: { url: 'https://example.org/a.png' }, content: 'A caption' }],
    ['FILE', { payload: 'a.pdf' }],
    ['FILE', { payload: 0 }],
    ['FILE', { payload: false }],
    ['FILE', { payload: [] }],
    ['FILE', { payload: '\\u0000' }],
  ])('accepts %s with %j', async ([type, input], { ada, grace, chat }) => {
    const message = await post(ada, chat, { type, ...input });
    expect(message).toMatchObject({ type, ...input });
    expect(await readMessage(grace, message.id as string)).toMatchObject({ type, ...input });
  });

  test.for<[string, object, string, string]>([
    ['IMAGE', { content: 'x' }, 'payload', 'a message of type IMAGE needs a payload'],
    ['FILE', { payload: null }, 'payload', 'a message of type FILE needs a payload'],
    ['FILE', { payload: 'x'.repeat(16 * 1024 - 1) }, 'payload', 'must be at most 16384 bytes of JSON'],
    ['FILE', { payload: ['a\0'] }, 'payload', 'must be well-formed Unicode without the NUL character'],
    ['FILE', { payload: { 'a\ud800': 1 } }, 'payload', 'must be well-formed Unicode without the NUL character'],
    ['FILE', { payload: '\\\udfff' }, 'payload', 'must be well-formed Unicode without the NUL character'],
    ['IMAGE', { payload: 1, content: '' }, 'content', 'must be 1–4000 characters, not blank'],
    ['SYSTEM', { content: 'x', payload: 1 }, 'type', 'SYSTEM messages are the server’s own'],
  ])('refuses %s with %o', async ([type, input, field, message], { ada, chat }) => {
    expect(await post(ada, chat, { type, ...input })).toEqual(invalid(field, message));
  });

  test('accepts a payload of 16 KiB, and one of 100 levels', async ({ ada, grace, chat }) => {
    for (const payload of ['x'.repeat(16 * 1024 - 2), nested(100)]) {
      const message = await does(ada, 'sendMessage', { chatId: chat.id, type: 'FILE', payload });
      expect((await readMessage(grace, message.id))!.payload).toEqual(payload);
    }
    for (const levels of [101, 120]) {
      const refusal = invalid('payload', 'must be at most 100 levels deep');
      expect(await post(ada, chat, { type: 'FILE', payload: nested(levels) })).toEqual(refusal);
    }
  });

  test('accepts a payload that is a literal in the document', async ({ ada, chat }) => {
    const query = `mutation ($chatId: ID!) { sendMessage(input: { chatId: $chatId, type: FILE, payload: { a: [1, "b", null] } }) {
      ... on Message { payload } } }`;
    expect(await ada.ask(query, { chatId: chat.id })).toEqual({ payload: { a: [1, 'b', null] } });
  });

  test('can reply to a message of the same chat, even to a deleted one', async ({ ada, grace, linus, chat }) => {
    const elsewhere = await send(ada, await direct(ada, grace));
    const replied = await send(ada, chat);

    expect(await post(grace, chat, { content: 'x', replyToId: replied.id })).toMatchObject({ replyToId: replied.id });
    await does(ada, 'deleteMessage', { messageId: replied.id });
    const reply = await does(grace, 'sendMessage', { chatId: chat.id, content: 'y', replyToId: replied.id });
    const query = 'query ($id: ID!) { node(id: $id) { ... on Message { replyTo { id content isDeleted } } } }';
    expect(await linus.ask(query, { id: reply.id })).toEqual({
      replyTo: { id: replied.id, content: null, isDeleted: true },
    });
    for (const replyToId of [elsewhere.id, chat.id, 'x']) {
      expect(await post(grace, chat, { content: 'x', replyToId })).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('editing', () => {
  test('changes the given fields: absent ones stay, and null clears', async ({ ada, grace, chat }) => {
    const { id } = await does(ada, 'sendMessage', {
      chatId: chat.id,
      type: 'IMAGE',
      content: 'caption',
      payload: { a: 1 },
    });

    expect(await edit(ada, id, { payload: { b: 2 } })).toMatchObject({ content: 'caption', payload: { b: 2 } });
    expect(await edit(ada, id, { content: 'other' })).toMatchObject({ content: 'other', payload: { b: 2 } });
    expect(await edit(ada, id, { content: null })).toMatchObject({ content: null, payload: { b: 2 } });
    expect(await edit(ada, id, { payload: null })).toEqual(
      invalid('payload', 'a message of type IMAGE needs a payload'),
    );
    expect(await edit(ada, id, { payload: null, content: 'x' })).toMatchObject({ field: 'payload' });
    expect(await readMessage(grace, id)).toMatchObject({ content: null, payload: { b: 2 } });

    const text = await does(ada, 'sendMessage', { chatId: chat.id, content: 'text', payload: { a: 1 } });
    expect(await edit(ada, text.id, { content: null })).toEqual(invalid('content', 'a TEXT message needs content'));
    expect(await edit(ada, text.id, { payload: null })).toMatchObject({ content: 'text', payload: null });
  });

  test('has the same limits', async ({ ada, chat }) => {
    const { id } = await send(ada, chat, 'kept');
    expect(await edit(ada, id, { content: 'x'.repeat(4_001) })).toEqual(
      invalid('content', 'must be 1–4000 characters'),
    );
    expect(await edit(ada, id, { content: ' ' })).toEqual(invalid('content', 'must be 1–4000 characters, not blank'));
    expect(await edit(ada, id, { payload: 'x'.repeat(16 * 1024) })).toEqual(
      invalid('payload', 'must be at most 16384 bytes of JSON'),
    );
    expect(await readMessage(ada, id)).toMatchObject({ content: 'kept', updatedAt: null });
  });

  test('raises the revision, keeps the position, the time and the reactions', async ({ ada, grace, linus, chat }) => {
    const message = await send(ada, chat);
    const { reactions, revision } = await does(grace, 'addReaction', { messageId: message.id, emoji: '🎉' });
    expect(reactions).toMatchObject([{ emoji: '🎉', user: { id: grace.id } }]);

    const edited = await does(ada, 'editMessage', { messageId: message.id, content: 'edited' });
    expect(edited).toMatchObject({
      ...message,
      content: 'edited',
      reactions,
      revision: revision + 1,
      updatedAt: expect.any(String) as string,
    });
    expect(edited).toMatchObject((await readMessage(linus, message.id))!);
    expect(await readChat(ada, chat.id)).toMatchObject({ position: revision + 1 });
  });

  test('without a change takes no position', async ({ ada, chat }) => {
    const payload = { b: [1, { d: null }], a: 'x' };
    const message = await does(ada, 'sendMessage', { chatId: chat.id, content: 'same', payload });
    for (const change of [
      {},
      { content: 'same' },
      { payload: { a: 'x', b: [1, { d: null }] } },
      { content: 'same', payload },
    ]) {
      expect(await edit(ada, message.id, change)).toEqual(message);
    }
    const inline = `mutation ($id: ID!) { editMessage(input: { messageId: $id, payload: { b: [1, { d: null }], a: "x" } }) { ... on Message { revision } } }`;
    expect(await ada.ask(inline, { id: message.id })).toEqual({ revision: message.revision });
    expect(await readMessage(ada, message.id)).toMatchObject({ updatedAt: null });
  });

  test('is allowed only for the author, not for the owner', async ({ ada, grace, linus, chat }) => {
    const { id } = await send(grace, chat, 'mine');
    expect(await edit(ada, id, { content: 'yours' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await edit(linus, id, { content: 'mine' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await edit(grace, id, { content: 'still mine' })).toMatchObject({ content: 'still mine' });
  });

  test('is refused to an author who was removed, until they are added again', async ({ ada, grace }) => {
    const chat = await group(ada, grace);
    const { id } = await send(grace, chat, 'mine');
    await remove(ada, chat, grace);
    expect(await edit(grace, id, { content: 'x' })).toMatchObject({ code: 'FORBIDDEN' });
    await add(ada, chat, grace);
    expect(await edit(grace, id, { content: 'x' })).toMatchObject({ content: 'x' });
  });
});

describe('deleting', () => {
  test('keeps the message in its place, without its content', async ({ ada, grace, chat }) => {
    const message = await does(grace, 'sendMessage', {
      chatId: chat.id,
      type: 'IMAGE',
      content: 'secret',
      payload: { secret: true },
    });
    const { reactions } = await does(ada, 'addReaction', { messageId: message.id, emoji: '🎉' });

    const deleted = await does(grace, 'deleteMessage', { messageId: message.id });
    expect(deleted).toMatchObject({
      id: message.id,
      position: message.position,
      revision: message.revision + 2,
      content: null,
      payload: null,
      isDeleted: true,
      deletedAt: expect.any(String) as string,
      reactions: [],
    });
    expect(deleted).toMatchObject((await readMessage(ada, message.id))!);
    expect(await ada.ask('query ($id: ID!) { node(id: $id) { id } }', { id: reactions[0]!.id })).toBeNull();
    const last = await ada.ask('query ($id: ID!) { chat(id: $id) { lastMessage { id isDeleted } } }', { id: chat.id });
    expect(last).toEqual({ lastMessage: { id: message.id, isDeleted: true } });
  });

  test('is allowed for its author, the owner and admins', async ({ ada, grace, linus }) => {
    const chat = await group(ada, grace, linus);
    await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: grace.id, role: 'ADMIN' });
    const take = async (user: TestUser, author: TestUser) =>
      attempt(user, 'deleteMessage', { messageId: (await send(author, chat)).id });

    expect(await take(linus, ada)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await take(linus, grace)).toMatchObject({ code: 'FORBIDDEN' });
    for (const [user, author] of [
      [linus, linus],
      [grace, linus],
      [grace, ada],
      [ada, linus],
    ] as const) {
      expect(await take(user, author)).toMatchObject({ isDeleted: true });
    }
  });

  test('in a DIRECT chat is allowed only for the author', async ({ ada, grace }) => {
    const chat = await direct(ada, grace);
    const { id } = await send(grace, chat);
    expect(await attempt(ada, 'deleteMessage', { messageId: id })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await attempt(grace, 'deleteMessage', { messageId: id })).toMatchObject({ isDeleted: true });
  });

  test('is final: deleting again writes no event, and no other change is possible', async ({ ada, chat }) => {
    const { id } = await send(ada, chat);
    const deleted = await does(ada, 'deleteMessage', { messageId: id });

    expect(await does(ada, 'deleteMessage', { messageId: id })).toEqual(deleted);
    expect(await edit(ada, id, { content: 'x' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await attempt(ada, 'addReaction', { messageId: id, emoji: '👍' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await readChat(ada, chat.id)).toMatchObject({ position: deleted.revision });
  });
});

/** An array nested to this depth. */
function nested(levels: number): unknown {
  let value: unknown[] = [];
  for (let i = 1; i < levels; i++) value = [value];
  return value;
}

describe('text', () => {
  const decomposed = 'Cafe\u0301';

  test('is stored in NFC, whichever mutation writes it', async ({ ada, grace, chat }) => {
    const message = await send(ada, chat, decomposed);
    expect(message.content).toBe('Caf\u00e9');
    expect(await edit(ada, message.id, { content: `${decomposed}s` })).toMatchObject({ content: 'Caf\u00e9s' });
    expect(await readMessage(grace, message.id)).toMatchObject({ content: 'Caf\u00e9s' });
    const renamed = await does(ada, 'updateChat', { chatId: chat.id, title: ` ${decomposed} ` });
    expect(renamed.title).toBe('Caf\u00e9');
    expect(await does(ada, 'updateChat', { chatId: chat.id, title: 'Caf\u00e9' })).toEqual(renamed);
  });

  test('the name of a file cannot change the direction of the text around it', async ({ ada, chat }) => {
    const payload = { name: 'photo\u202egpj.exe', url: 'https://example.com/photo' };
    expect(await post(ada, chat, { type: 'FILE', payload })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'payload.name',
    });
  });

  test('numbers that JSON can write and JavaScript cannot represent are refused, in a variable and in the document', async ({
    server,
    ada,
    chat,
  }) => {
    const body = (payload: string) =>
      `{"query":${JSON.stringify(mutation('sendMessage'))},"variables":{"input":{"chatId":"${chat.id}","type":"FILE","payload":${payload}}}}`;
    for (const number of ['1e400', '12345678901234567890', '[1e308]']) {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
        body: body(number),
      });
      expect(await response.json()).toMatchObject({
        data: { sendMessage: { code: 'INVALID_INPUT', field: 'payload' } },
      });
      const inDocument = `mutation { sendMessage(input: { chatId: "${chat.id}", type: FILE, payload: ${number} }) { __typename ... on InvalidInputError { code field } } }`;
      expect(await ada.ask(inDocument)).toMatchObject({ code: 'INVALID_INPUT', field: 'payload' });
    }
  });
});
