import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { TestUser } from './support/app.ts';
import {
  add,
  attempt,
  direct,
  does,
  group,
  readChat,
  readMessage,
  remove,
  send,
  type Chat,
} from './support/documents.ts';
import { viewerState } from './support/read-state.ts';
import { test } from './support/test.ts';

interface Line {
  id: string;
  type: string;
  content: string | null;
  position: number;
  revision: number;
  payload: { event: string; userIds: string[]; userCount: number; title?: string; role?: string };
  author: { id: string };
}

/** The lines of a group, oldest first. */
async function lines(viewer: TestUser, { id }: { id: string }): Promise<Line[]> {
  const { messages } = await viewer.ask<{ messages: { edges: { node: Line }[] } }>(
    'query ($id: ID!) { chat(id: $id) { messages { edges { node { id type content position revision payload author { id } } } } } }',
    { id },
  );
  return messages.edges.flatMap(({ node }) => (node.type === 'SYSTEM' ? [node] : []));
}
const newest = async (viewer: TestUser, chat: { id: string }) => (await lines(viewer, chat)).at(-1)!;

test('each change of a group writes one line, with its actor and the users that it concerns', async ({
  ada,
  grace,
  linus,
}) => {
  const chat = await group(ada, grace);
  const chatId = chat.id;
  await add(ada, chat, linus, grace);
  await does(ada, 'updateChat', { chatId, title: 'New' });
  await does(ada, 'setChatMemberRole', { chatId, userId: grace.id, role: 'ADMIN' });
  await remove(grace, chat, linus);
  await does(ada, 'setChatMemberRole', { chatId, userId: grace.id, role: 'OWNER' });
  await remove(ada, chat, ada);

  const of = (author: TestUser, payload: object) => ({ author: { id: author.id }, content: null, payload });
  expect(await lines(grace, chat)).toMatchObject([
    of(ada, { event: 'created', userIds: [grace.id], userCount: 1, title: 'Plans' }),
    of(ada, { event: 'members_added', userIds: [linus.id], userCount: 1 }),
    of(ada, { event: 'renamed', userIds: [], userCount: 0, title: 'New' }),
    of(ada, { event: 'role_changed', userIds: [grace.id], userCount: 1, role: 'ADMIN' }),
    of(grace, { event: 'member_removed', userIds: [linus.id], userCount: 1 }),
    of(ada, { event: 'owner_changed', userIds: [grace.id], userCount: 1 }),
    of(ada, { event: 'member_left', userIds: [ada.id], userCount: 1 }),
  ]);
});

test('a change without effect, and a change of a DIRECT chat, write no line', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  await does(ada, 'updateChat', { chatId: chat.id, title: 'Plans' });
  await add(ada, chat, grace);
  await add(ada, chat);
  await does(ada, 'setChatMemberRole', { chatId: chat.id, userId: grace.id, role: 'MEMBER' });
  await attempt(grace, 'updateChat', { chatId: chat.id, title: 'Refused' });
  expect(await lines(ada, chat)).toHaveLength(1);

  const pair = await direct(ada, grace);
  await direct(grace, ada);
  expect(await lines(ada, pair)).toEqual([]);
  expect(await readChat(ada, pair.id)).toMatchObject({ position: 1 });
});

test('the line follows the events of its change, for the members after the change', async ({ ada, grace, linus }) => {
  const streams = [ada, grace].map((user) =>
    user.subscribe(
      'subscription { events { __typename ... on Event { chatId position } ... on MessageCreated { message { type } } } }',
    ),
  );
  for (const stream of streams) await stream.item(({ __typename }) => __typename === 'CaughtUp');
  const chat = await group(ada);
  await add(ada, chat, grace, linus);
  // A removal may be delivered before earlier events have been shown.
  await streams[1]!.item((item) => item.__typename === 'MessageCreated' && item.chatId === chat.id);
  await remove(ada, chat, grace);
  const { position } = await send(ada, chat);
  await streams[0]!.item((item) => item.position === position);
  await does(ada, 'deleteChat', { chatId: chat.id });
  await send(ada, await direct(ada, grace));
  for (const stream of streams) {
    await stream.item((item) => item.__typename === 'MessageCreated' && item.chatId !== chat.id);
    stream.stop();
  }

  const shown = streams.map(({ items }) =>
    items
      .filter(({ chatId }) => chatId === chat.id)
      .map((item) => `${String(item.position)} ${String(item.__typename)}`),
  );
  expect(shown).toEqual([
    [
      '1 ChatAdded',
      '2 MessageCreated',
      '3 MemberAdded',
      '4 MemberAdded',
      '5 MessageCreated',
      '6 MemberRemoved',
      '7 MessageCreated',
      '8 MessageCreated',
      '9 ChatDeleted',
    ],
    ['3 ChatAdded', '4 MemberAdded', '5 MessageCreated', '6 MemberRemoved'],
  ]);
});

test('a line names the first 20 users that it concerns, and counts all', async ({ server, ada }) => {
  const people = await Promise.all(Array.from({ length: 25 }, () => server.user()));
  const chat = await group(ada, ...people);
  const { payload } = await newest(ada, chat);
  expect(payload).toEqual({
    event: 'created',
    userIds: people.slice(0, 20).map(({ id }) => id),
    userCount: 25,
    title: 'Plans',
  });
});

test('a repeated request writes no second line', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  const key = randomUUID();
  const rename = () => does(ada, 'updateChat', { chatId: chat.id, title: 'New' }, key);
  expect(await Promise.all([rename(), rename()])).toMatchObject([{ title: 'New' }, { title: 'New' }]);
  await rename();
  expect((await lines(ada, chat)).map(({ payload }) => payload.event)).toEqual(['created', 'renamed']);
});

test('nobody can edit, delete, react to or reply to a line', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  const line = await newest(ada, chat);
  const refusal = {
    code: 'FORBIDDEN',
    message: 'This is a line about the group: it is not edited, deleted or reacted to.',
  };
  for (const user of [ada, grace]) {
    expect(await attempt(user, 'editMessage', { messageId: line.id, content: 'x' })).toMatchObject(refusal);
    expect(await attempt(user, 'editMessage', { messageId: line.id, payload: {} })).toMatchObject(refusal);
    expect(await attempt(user, 'deleteMessage', { messageId: line.id })).toMatchObject(refusal);
    expect(await attempt(user, 'addReaction', { messageId: line.id, emoji: '👍' })).toMatchObject(refusal);
    const reply = { chatId: chat.id, content: 'x', replyToId: line.id };
    expect(await attempt(user, 'sendMessage', reply)).toMatchObject({ code: 'INVALID_INPUT', field: 'replyToId' });
  }
  expect(await newest(grace, chat)).toEqual(line);
  expect(await readMessage(ada, line.id)).toMatchObject({ type: 'SYSTEM', isDeleted: false, reactions: [] });
});

test('a line does not count as unread, as activity or as the last message', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  const last = async (viewer: TestUser, { id }: Chat) =>
    viewer.ask('query ($id: ID!) { chat(id: $id) { lastActivityAt lastMessage { content } } }', { id });
  expect(await last(grace, chat)).toEqual({ lastActivityAt: chat.lastActivityAt, lastMessage: null });

  const { createdAt } = await send(ada, chat, 'the last');
  await does(ada, 'updateChat', { chatId: chat.id, title: 'New' });
  expect(await last(grace, chat)).toEqual({ lastActivityAt: createdAt, lastMessage: { content: 'the last' } });
  expect(await viewerState(grace, chat)).toMatchObject({ unreadCount: 1 });
});
