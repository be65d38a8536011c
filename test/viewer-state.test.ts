import { describe, expect } from 'vitest';
import { rowId } from '../src/graphql/ids.ts';
import { startTestServer, type TestUser } from './support/app.ts';
import { add, group, remove, send, type Chat } from './support/documents.ts';
import { FaultyBroker } from './support/faulty-pubsub.ts';
import { markAllRead, markRead, markUnread, viewerState } from './support/read-state.ts';
import { SubscriptionSocket } from './support/socket.ts';
import type { TestStream } from './support/stream.ts';
import { withTwoServers } from './support/test.ts';

const test = withTwoServers({ reconcileMs: 200 });

const EVENTS = `subscription ($since: [ChatPositionInput!], $version: Int) {
  events(since: $since, viewerStateSince: $version) {
    __typename
    ... on Event { chatId position }
    ... on ViewerEvent { version }
    ... on ViewerChatStateChanged { chatId viewerState { version readPosition unreadCount isMarkedUnread } }
    ... on CaughtUp { viewerStateVersion }
  }
}`;

const isCaughtUp = ({ __typename }: Record<string, unknown>) => __typename === 'CaughtUp';

/** A device of the user's that knows viewer state up to a version; with null it names no version. */
async function device(user: TestUser, version: number | null): Promise<TestStream> {
  const stream = user.subscribe(EVENTS, { version });
  await stream.item(isCaughtUp);
  return stream;
}

const ofViewer = (stream: TestStream) => stream.items.filter(({ version }) => version !== undefined);
const versions = (stream: TestStream) => ofViewer(stream).map(({ version }) => version);
const reaches = (stream: TestStream, version: number) => stream.item((item) => item.version === version, `${version}`);

async function withMessages(ada: TestUser, grace: TestUser, count: number): Promise<Chat> {
  const chat = await group(ada, grace);
  for (let i = 0; i < count; i++) await send(grace, chat);
  return chat;
}

test('a change on one device reaches every other device that follows it, on any server, and nobody else', async ({
  two,
  ada,
  grace,
}) => {
  const chat = await withMessages(ada, grace, 2);
  const devices = [await device(ada, 0), await device(ada.at(two), 0)];
  const others = [await device(ada, null), await device(grace.at(two), 0)];

  await markRead(ada, chat, 2);
  await markUnread(ada.at(two), chat, 2);
  for (const each of devices) {
    await reaches(each, 2);
    expect(versions(each)).toEqual([1, 2]);
    expect(ofViewer(each)[0]).toMatchObject({
      __typename: 'ViewerChatStateChanged',
      chatId: chat.id,
    });
    expect(ofViewer(each)[1]).toMatchObject({ viewerState: { readPosition: 1, unreadCount: 2, isMarkedUnread: true } });
  }
  const { position } = await send(ada, chat);
  for (const each of others) {
    await each.item((item) => item.position === position);
    expect(ofViewer(each)).toEqual([]);
  }
});

describe('a client that resumes', () => {
  test('gets each row that has changed once, as it is now, before CaughtUp', async ({ two, ada, grace }) => {
    const [first, second] = [await withMessages(ada, grace, 2), await withMessages(ada, grace, 1)];
    await markRead(ada, first, 2);
    await markRead(ada, second, 2);
    await markRead(ada, first, 3);
    const all = await device(ada, 0);
    expect(versions(all)).toEqual([2, 3]);
    expect(all.items.at(-1)).toMatchObject({ __typename: 'CaughtUp', viewerStateVersion: 3 });
    expect(versions(await device(ada.at(two), 2))).toEqual([3]);

    const current = await device(ada, 3);
    expect(current.items).toEqual([{ __typename: 'CaughtUp', viewerStateVersion: 3 }]);
    expect((await device(ada, null)).items).toEqual([{ __typename: 'CaughtUp', viewerStateVersion: 0 }]);
    expect((await device(grace, 0)).items).toEqual([{ __typename: 'CaughtUp', viewerStateVersion: 0 }]);
  });

  test('from beyond the newest version gets everything again', async ({ ada, grace }) => {
    const chat = await withMessages(ada, grace, 1);
    await markRead(ada, chat, 2);
    const stream = await device(ada, 5);
    expect(ofViewer(stream)).toMatchObject([
      { __typename: 'ViewerStateReset', version: 0 },
      { __typename: 'ViewerChatStateChanged', version: 1 },
    ]);
    expect(ofViewer(await device(grace, 5))).toMatchObject([{ __typename: 'ViewerStateReset', version: 0 }]);
  });

  test('names a version of 0 or more', async ({ ada }) => {
    const stream = ada.subscribe(EVENTS, { version: -1 });
    await stream.end();
    expect(stream.results).toMatchObject([
      { errors: [{ message: 'viewerStateSince: must be 0 or more.', extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  });

  test('gets nothing of a chat that its user has left, and everything of it after the user has returned', async ({
    one,
    ada,
    grace,
  }) => {
    const [chat, other] = [await withMessages(ada, grace, 1), await withMessages(ada, grace, 1)];
    const member = await one.user('member');
    for (const each of [chat, other]) await add(ada, each, member);
    const { position } = await send(grace, chat);
    await send(grace, other);
    await markRead(member, chat, position);
    await markRead(member, other, 100);
    await remove(member, chat, member);

    const stream = await device(member, 0);
    expect(versions(stream)).toEqual([2]);
    await add(ada, chat, member);
    // The row's version is not newer than the one that the client has. The item `ChatAdded` shows it.
    const { version } = await viewerState(member, chat);
    expect(version).toBe(1);
    const latest = await send(grace, chat);
    await markRead(member, chat, latest.position);
    expect(await reaches(stream, 3)).toMatchObject({ viewerState: { readPosition: latest.position, unreadCount: 0 } });
  });
});

describe('more than a page of changes', () => {
  const CHATS = 450;
  let user: TestUser;

  /** A user of many chats, all of which were marked as read by one change. */
  test.beforeAll(async ({ one }) => {
    user = await one.user('busy');
    const author = await one.user('author');
    const { db } = one.database;
    const now = new Date();
    const chats = await db.chat.createManyAndReturn({
      data: Array.from({ length: CHATS }, () => ({
        kind: 'GROUP' as const,
        createdById: author.rowId,
        createdAt: now,
        lastActivityAt: now,
        position: 2,
        rightsVersion: 1,
        memberCount: 2,
      })),
    });
    await db.chatMember.createMany({
      data: chats.flatMap(({ id: chatId }) =>
        [user, author].map(({ rowId: userId }) => ({
          chatId,
          userId,
          role: 'MEMBER' as const,
          joinedAt: now,
          joinedPosition: 1,
        })),
      ),
    });
    await db.message.createMany({
      data: chats.map(({ id: chatId }) => ({
        chatId,
        position: 2,
        revision: 2,
        authorId: author.rowId,
        type: 'TEXT' as const,
        content: 'hello',
        createdAt: now,
      })),
    });
  });

  test('reaches every device live, in order, each change once', async ({ two }) => {
    const devices = [await device(user, 0), await device(user.at(two), 0)];
    expect(await markAllRead(user)).toMatchObject({ chatCount: 0 });
    for (const each of devices) {
      await reaches(each, CHATS);
      expect(versions(each)).toEqual(Array.from({ length: CHATS }, (_, i) => i + 1));
      each.stop();
    }
  });

  test('is resumed from the item at which the client was cut off', async ({ two }) => {
    for (const since of [1, 199, 200, 201, CHATS - 1]) {
      const stream = await device(user.at(two), since);
      expect(versions(stream)).toEqual(Array.from({ length: CHATS - since }, (_, i) => since + 1 + i));
      stream.stop();
    }
  });

  test('is resumed without loss or repetition from an item within a page', async ({ two }) => {
    for (const cut of [70, 230]) {
      expect(await receiveUntilDropped(user, cut)).toEqual(Array.from({ length: cut }, (_, i) => i + 1));
      const stream = await device(user.at(two), cut);
      expect(versions(stream)).toEqual(Array.from({ length: CHATS - cut }, (_, i) => cut + 1 + i));
      stream.stop();
    }
  });
});

/** The versions that a new device receives until its connection is dropped, after this number of them. */
function receiveUntilDropped(user: TestUser, count: number): Promise<unknown[]> {
  const received: unknown[] = [];
  const { port } = user.server.app;
  return new Promise((resolve) => {
    const socket = new SubscriptionSocket(
      { port, token: user.token, query: EVENTS, variables: { version: 0 } },
      {
        next({ data }) {
          if (received.length < count) received.push((data!.events as { version?: number }).version);
          if (received.length === count) socket.drop();
        },
        over: () => resolve(received),
      },
    );
  });
}

test('after a restore every client reads everything again, and has all of it', async ({ one, ada, grace }) => {
  const [chat, other] = [await withMessages(ada, grace, 1), await withMessages(ada, grace, 1)];
  await markRead(ada, chat, 2);
  await markRead(ada, other, 2);
  const live = await device(ada, 0);
  // The backup has one change less.
  const { db } = one.database;
  await db.viewerChatState.deleteMany({ where: { userId: ada.rowId, chatId: rowId('Chat', other.id) } });
  await db.viewerVersion.update({ where: { userId: ada.rowId }, data: { version: 1 } });
  await live.item(({ __typename }) => __typename === 'ViewerStateReset');
  await live.item((item) => item.version === 1 && live.items.indexOf(item) > 2);
  expect(versions(live)).toEqual([1, 2, 0, 1]);
  live.stop();
});

test('without Redis a change is delivered by the next comparison', async ({ one, ada, grace }) => {
  const broker = new FaultyBroker();
  const alone = await startTestServer({ database: one.database, pubsub: broker.connect(), reconcileMs: 200 });
  const chat = await withMessages(ada, grace, 2);
  const live = await device(ada.at(alone), 0);
  broker.stop();
  await markRead(ada.at(alone), chat, 2);
  await markRead(ada.at(alone), chat, 3);
  await reaches(live, 2);
  live.stop();
  await alone.stop();
  broker.close();
});
