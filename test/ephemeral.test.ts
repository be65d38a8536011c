import { describe, expect } from 'vitest';
import { encodeId, rowId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { startTestServer, type TestUser } from './support/app.ts';
import { does, group, remove, send, type Chat } from './support/documents.ts';
import { FaultyBroker } from './support/faulty-pubsub.ts';
import { markDelivered, markRead, receipts } from './support/read-state.ts';
import type { TestStream } from './support/stream.ts';
import { until } from './support/until.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers();

const EPHEMERAL = `subscription ($chatIds: [ID!]!, $userIds: [ID!], $isActive: Boolean) {
  ephemeral(chatIds: $chatIds, userIds: $userIds, isActive: $isActive) {
    __typename
    ... on TypingChanged { chatId users { username } userCount expiresInMs }
    ... on ReadReceiptsChanged { chatId receipts { userId user { username } readPosition deliveredPosition } }
  }
}`;

const isReady = ({ __typename }: Record<string, unknown>) => __typename === 'EphemeralReady';

/** Subscribes to the ephemeral events of these chats, and waits until it is live. */
async function look(user: TestUser, ...chats: Chat[]): Promise<TestStream> {
  const stream = user.subscribe(EPHEMERAL, { chatIds: chats.map(({ id }) => id) });
  await stream.item(isReady);
  return stream;
}

const receiptsOf = ({ items }: TestStream) =>
  items.flatMap(
    ({ receipts = [] }) => receipts as { userId: string; readPosition: number; deliveredPosition: number }[],
  );
const reads = (stream: TestStream, { id }: TestUser, position: number) =>
  until(
    () => receiptsOf(stream).some(({ userId, readPosition }) => userId === id && readPosition === position),
    () => `${position} in ${JSON.stringify(stream.items)}`,
  );

async function refusal(user: TestUser, variables: Record<string, unknown>): Promise<string> {
  const stream = user.subscribe(EPHEMERAL, variables);
  await until(() => stream.over || stream.results.length > 0);
  stream.stop();
  return JSON.stringify(stream.error ?? stream.results[0]);
}

test('a user with a chat on screen sees others read and receive its messages, on any server', async ({
  two,
  ada,
  grace,
}) => {
  const chat = await group(ada, grace);
  const looking = [await look(ada, chat), await look(ada.at(two), chat)];
  const { position } = await send(ada, chat);
  await markDelivered(grace, [chat, position]);
  for (const stream of looking) {
    expect(await stream.item(({ receipts }) => receipts !== undefined)).toMatchObject({
      __typename: 'ReadReceiptsChanged',
      chatId: chat.id,
      receipts: [{ userId: grace.id, readPosition: 0, deliveredPosition: position }],
    });
  }
  await markRead(grace.at(two), chat, position);
  for (const stream of looking) await reads(stream, grace, position);
  for (const stream of looking) stream.stop();
});

describe('nothing is sent', () => {
  test('about other chats, and about a chat after it has ended for the viewer', async ({ ada, grace }) => {
    const [chat, other, elsewhere] = [await group(ada, grace), await group(ada, grace), await group(ada, grace)];
    const looking = await look(grace, chat, other);
    await remove(ada, chat, grace);
    await send(ada, chat);
    await markRead(ada, chat, 100);
    await send(grace, elsewhere);
    await markRead(ada, elsewhere, 2);
    await does(ada, 'sendMessage', { chatId: other.id, content: 'x' });
    await send(grace, other);
    await markRead(ada, other, 3);
    await reads(looking, ada, 3);
    expect(looking.items.filter(({ chatId }) => chatId !== undefined && chatId !== other.id)).toEqual([]);
    expect(looking.over).toBe(false);
    looking.stop();
  });

  test('about a chat with more members than receipts are sent for', async ({ one, ada, grace }) => {
    const [large, small] = [await group(ada, grace), await group(ada, grace)];
    await one.database.db.chat.update({ where: { id: rowId('Chat', large.id) }, data: { memberCount: 101 } });
    const looking = await look(ada, large, small);
    for (const chat of [large, small]) {
      await send(ada, chat);
      await markRead(grace, chat, 2);
    }
    await reads(looking, grace, 2);
    expect(looking.items.filter(({ chatId }) => chatId === large.id)).toEqual([]);
    looking.stop();
  });
});

test('chats must be chats of the viewer, ids must be valid, and both lists are limited', async ({
  one,
  ada,
  grace,
}) => {
  const [chat, other] = [await group(ada), await group(grace)];
  const unknown = encodeId('Chat', '3f333df6-90a4-4fda-8dd3-9485d27cee36');
  expect(await refusal(ada, { chatIds: [chat.id, other.id] })).toContain('FORBIDDEN');
  expect(await refusal(ada, { chatIds: [unknown] })).toContain('NOT_FOUND');
  expect(await refusal(ada, { chatIds: ['x'] })).toContain('NOT_FOUND');
  expect(await refusal(ada, { chatIds: [], userIds: [chat.id] })).toContain('NOT_FOUND');
  expect(await refusal(one.stranger(), { chatIds: [] })).toContain('UNAUTHENTICATED');
  const { ephemeralChats, ephemeralUsers } = limits;
  expect(await refusal(ada, { chatIds: Array<string>(ephemeralChats + 1).fill(chat.id) })).toContain(
    `chatIds: must have at most ${ephemeralChats} entries.`,
  );
  expect(await refusal(ada, { chatIds: [], userIds: Array<string>(ephemeralUsers + 1).fill(ada.id) })).toContain(
    `userIds: must have at most ${ephemeralUsers} entries.`,
  );
  const full = ada.subscribe(EPHEMERAL, {
    chatIds: Array<string>(ephemeralChats).fill(chat.id),
    userIds: Array<string>(ephemeralUsers).fill(grace.id),
    isActive: false,
  });
  await full.item(isReady);
  full.stop();
});

test('equal operations share one execution, whichever chats are on screen', async ({ one, ada, grace }) => {
  const alone = await startTestServer({ database: one.database });
  const [first, second] = [await group(ada, grace), await group(ada, grace)];
  const looking = [await look(ada.at(alone), first), await look(grace.at(alone), second, first)];
  expect(alone.app.fanout.size()).toEqual({ cohorts: 1, subscribers: 2 });
  for (const stream of looking) stream.stop();
  await until(() => alone.app.fanout.size().subscribers === 0);
  await alone.stop();
});

test('after a loss of Redis EphemeralReady is sent again, and a query returns what was missed', async ({
  one,
  ada,
  grace,
}) => {
  const broker = new FaultyBroker();
  const alone = await startTestServer({ database: one.database, pubsub: broker.connect() });
  const chat = await group(ada, grace);
  const { position } = await send(ada, chat);
  const looking = await look(ada.at(alone), chat);
  broker.stop();
  await markRead(grace.at(alone), chat, position);
  broker.start();
  await until(() => looking.items.filter(isReady).length === 2);
  expect(receiptsOf(looking)).toEqual([]);
  expect((await receipts(ada.at(alone), chat)).map(({ readPosition }) => readPosition).toSorted()).toEqual([
    0,
    position,
  ]);
  looking.stop();
  await alone.stop();
  broker.close();
});

test('a chat whose log was restored is followed from the beginning: EphemeralReady is sent again, and then new events', async ({
  one,
  ada,
  grace,
}) => {
  const alone = await startTestServer({ database: one.database, reconcileMs: 50 });
  const chat = await group(ada, grace);
  const { position } = await send(ada, chat);
  const looking = await look(ada.at(alone), chat);
  // The restored backup has one event less.
  const chatId = rowId('Chat', chat.id);
  await one.database.db.event.deleteMany({ where: { chatId, position } });
  await one.database.db.chat.update({ where: { id: chatId }, data: { position: position - 1 } });
  await until(() => looking.items.filter(isReady).length === 2);
  await markRead(grace.at(alone), chat, position - 1);
  await reads(looking, grace, position - 1);
  looking.stop();
  await alone.stop();
});

test('receipts from events equal those of a fresh query, even if events are repeated or lost', async ({
  two,
  ada,
  grace,
}) => {
  const chat = await group(ada, grace);
  const looking = await look(ada, chat);
  const known = new Map((await receipts(ada, chat)).map(({ userId, ...rest }) => [userId, rest]));
  const messages = [await send(ada, chat), await send(ada, chat), await send(ada, chat)];
  await markDelivered(grace, [chat, messages[0]!.position]);
  await markRead(grace, chat, messages[0]!.position);
  await markDelivered(grace, [chat, messages[2]!.position]);
  await markRead(ada, chat, messages[1]!.position);
  await markRead(grace.at(two), chat, messages[1]!.position);
  await markRead(grace, chat, messages[2]!.position);
  await reads(looking, grace, messages[2]!.position);
  await reads(looking, ada, messages[1]!.position);
  for (const { userId, readPosition, deliveredPosition } of receiptsOf(looking).toReversed()) {
    const before = known.get(userId)!;
    known.set(userId, {
      readPosition: Math.max(before.readPosition, readPosition),
      deliveredPosition: Math.max(before.deliveredPosition, deliveredPosition),
    });
  }
  const fresh = new Map((await receipts(ada, chat)).map(({ userId, ...rest }) => [userId, rest]));
  expect(known).toEqual(fresh);
  looking.stop();
});
