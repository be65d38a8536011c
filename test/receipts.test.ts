import { describe, expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { silent, startTestServer, type TestUser } from './support/app.ts';
import { add, does, EVENTS, group, remove, send, type Chat } from './support/documents.ts';
import { markDelivered, markRead, markUnread, receipts } from './support/read-state.ts';
import { countStatements } from './support/statements.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers(silent);

async function statuses(user: TestUser, { id }: { id: string }): Promise<string[]> {
  const { messages } = await user.ask<{ messages: { edges: { node: { type: string; status: string } }[] } }>(
    'query ($id: ID!) { chat(id: $id) { messages { edges { node { type status } } } } }',
    { id },
  );
  return messages.edges.flatMap(({ node }) => (node.type === 'SYSTEM' ? [] : [node.status]));
}

/** Raises the number of members of a chat without events. */
async function enlarge({ server }: TestUser, { id }: Chat, count: number): Promise<void> {
  const { db } = server.database;
  const chatId = rowId('Chat', id);
  const { position } = await db.chat.findUniqueOrThrow({ where: { id: chatId } });
  const users = await Promise.all(Array.from({ length: count }, () => server.user('many')));
  await db.chatMember.createMany({
    data: users.map(({ rowId: userId }) => ({
      chatId,
      userId,
      role: 'MEMBER' as const,
      joinedAt: new Date(),
      joinedPosition: position,
    })),
  });
  await db.chat.update({ where: { id: chatId }, data: { memberCount: { increment: count } } });
}

test('a message is SENT, then DELIVERED to a device of everyone who joined before it, then READ by all of them', async ({
  one,
  two,
  ada,
  grace,
  linus,
}) => {
  const chat = await group(ada, grace, linus);
  const { position } = await send(ada, chat);
  expect(await statuses(ada, chat)).toEqual(['SENT']);
  await markDelivered(grace, [chat, position]);
  expect(await statuses(ada, chat)).toEqual(['SENT']);
  await markDelivered(linus.at(two), [chat, position]);
  expect(await statuses(ada, chat)).toEqual(['DELIVERED']);

  await add(ada, chat, await one.user('late'));
  await markRead(grace, chat, position);
  expect(await statuses(grace, chat)).toEqual(['DELIVERED']);
  await markRead(linus, chat, position);
  expect(await statuses(linus.at(two), chat)).toEqual(['READ']);
  await send(ada, chat);
  expect(await statuses(ada, chat)).toEqual(['READ', 'SENT']);
});

test('reading counts as delivery', async ({ ada, grace, linus }) => {
  const chat = await group(ada, grace, linus);
  const { position } = await send(ada, chat);
  await markRead(grace, chat, position);
  await markDelivered(linus, [chat, position]);
  expect(await statuses(ada, chat)).toEqual(['DELIVERED']);
});

test('the status does not wait for members who have left', async ({ ada, grace, linus }) => {
  const chat = await group(ada, grace, linus);
  const { position } = await send(ada, chat);
  await markRead(grace, chat, position);
  await remove(linus, chat, linus);
  expect(await statuses(ada, chat)).toEqual(['READ']);
  await remove(grace, chat, grace);
  expect(await statuses(ada, chat)).toEqual(['READ']);
});

describe('receipts', () => {
  test('show every member how far the others are, and only rise', async ({ two, ada, grace }) => {
    const chat = await group(ada, grace);
    const { position } = await send(ada, chat);
    await markDelivered(grace, [chat, position]);
    expect(await receipts(ada, chat)).toEqual(
      [
        { userId: ada.id, readPosition: 0, deliveredPosition: 0 },
        { userId: grace.id, readPosition: 0, deliveredPosition: position },
      ].toSorted((a, b) => (rowId('User', a.userId) < rowId('User', b.userId) ? -1 : 1)),
    );
    await markRead(grace, chat, position);
    await markUnread(grace, chat, position);
    const ofGrace = (all: { userId: string }[]) => all.find(({ userId }) => userId === grace.id);
    expect(ofGrace(await receipts(ada.at(two), chat))).toMatchObject({
      readPosition: position,
      deliveredPosition: position,
    });
    await markDelivered(grace, [chat, 1]);
    expect(ofGrace(await receipts(ada, chat))).toMatchObject({ deliveredPosition: position });
  });

  test('of delivery exist in chats of up to 20 members, and those of reading in chats of up to 100', async ({
    ada,
    grace,
  }) => {
    const chat = await group(ada, grace);
    const { position } = await send(ada, chat);
    await enlarge(ada, chat, 19);
    await markDelivered(grace, [chat, position]);
    expect((await receipts(ada, chat)).every(({ deliveredPosition }) => deliveredPosition === 0)).toBe(true);
    await markRead(grace, chat, position);
    expect(await statuses(ada, chat)).toEqual(['READ']);
    await enlarge(ada, chat, 79);
    expect(await receipts(ada, chat)).toHaveLength(100);
    expect(await statuses(ada, chat)).toEqual(['READ']);
    await enlarge(ada, chat, 1);
    expect(await receipts(ada, chat)).toEqual([]);
    expect(await statuses(ada, chat)).toEqual(['SENT']);
  });

  test('are not stored if the deployment has switched them off', async ({ one, ada, grace }) => {
    const off = await startTestServer({ database: one.database, hasReceipts: false });
    const chat = await group(ada, grace);
    const { position } = await send(ada, chat);
    await markDelivered(grace.at(off), [chat, position]);
    expect(await markRead(grace.at(off), chat, position)).toMatchObject({ readPosition: position });
    expect(await receipts(ada.at(off), chat)).toEqual([]);
    expect(await statuses(ada.at(off), chat)).toEqual(['SENT']);
    expect((await receipts(ada, chat)).every(({ readPosition }) => readPosition === 0)).toBe(true);
    await off.stop();
  });
});

describe('markDelivered', () => {
  test('takes no version, and ignores chats of others and positions beyond the end', async ({
    one,
    ada,
    grace,
    linus,
  }) => {
    const [chat, other] = [await group(ada, grace), await group(ada, linus)];
    const { position } = await send(ada, chat);
    const gone = { id: encodeId('Chat', '3f333df6-90a4-4fda-8dd3-9485d27cee36') };
    expect(await markDelivered(grace, [other, 2], [gone, 2], [chat, 1_000_000])).toMatchObject({
      __typename: 'MarkedDelivered',
    });
    expect(await one.database.db.viewerChatState.findMany({ where: { userId: grace.rowId } })).toMatchObject([
      { chatId: rowId('Chat', chat.id), version: 0, deliveredPosition: position },
    ]);
    expect(await markRead(grace, chat, position)).toMatchObject({ version: 1 });
  });

  test('does nothing if a position is below 0 or an id is invalid', async ({ one, ada, grace }) => {
    const chat = await group(ada, grace);
    const { position } = await send(ada, chat);
    expect(await markDelivered(grace, [chat, position], [chat, -1])).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'positions.1.position',
    });
    expect(await markDelivered(grace, [chat, position], [grace, 1])).toMatchObject({ code: 'NOT_FOUND' });
    expect(await one.database.db.viewerChatState.count({ where: { userId: grace.rowId } })).toBe(0);
  });
});

test('the statuses of a page take one more statement, and that of a new message takes none', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  for (let i = 0; i < 5; i++) await send(ada, chat);
  const page = (fields: string) => () =>
    ada.ask(`query ($id: ID!) { chat(id: $id) { messages { edges { node { ${fields} } } } } }`, { id: chat.id });
  const without = await countStatements(page('id'));
  expect(await countStatements(page('id status'))).toBe(without + 1);

  const sending = (fields: string) => () =>
    ada.ask(`mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Message { ${fields} } } }`, {
      input: { chatId: chat.id, content: 'x' },
    });
  expect(await countStatements(sending('id status'))).toBe(1);
});

test('the event of a new message shows SENT, and later events show the present status', async ({ ada, grace }) => {
  const chat = await group(ada, grace);
  const live = ada.subscribe(
    EVENTS.replace('message { id content reactions', 'message { id status content reactions').replace(
      '... on MessageEdited { message { id',
      '... on MessageEdited { message { id status',
    ),
  );
  await live.item(({ __typename }) => __typename === 'CaughtUp');
  const message = await send(ada, chat);
  await markRead(grace, chat, message.position);
  await does(ada, 'editMessage', { messageId: message.id, content: 'edited' });
  const shown = (type: string) => live.item(({ __typename }) => __typename === type);
  expect(await shown('MessageCreated')).toMatchObject({ message: { status: 'SENT' } });
  expect(await shown('MessageEdited')).toMatchObject({ message: { status: 'READ' } });
});
