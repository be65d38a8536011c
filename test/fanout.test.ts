import { afterAll, beforeAll, expect, test } from 'vitest';
import { builder } from '../src/graphql/builder.ts';
import { Chat } from '../src/chat/chat.schema.ts';
import type { TestServer, TestUser } from './support/app.ts';
import { add, does, group, remove, send } from './support/documents.ts';
import { socketClient, TestStream } from './support/stream.ts';
import { until } from './support/until.ts';
import { selectAll } from './support/whole-selection.ts';

// Fields that the product does not have, added before the schema is built: one forgets its mark, one always fails.
builder.objectFields(Chat, (t) => ({
  forgotten: t.string({
    nullable: true,
    description: 'Depends on the viewer, and does not say so.',
    resolve: (_, __, { viewer }) => viewer.idOrNull,
  }),
  broken: t.string({
    nullable: true,
    description: 'Fails.',
    resolve: () => {
      throw new Error('the inside of the server');
    },
  }),
}));
const { startTestServer } = await import('./support/app.ts');
const { schema } = await import('../src/graphql/schema.ts');

let server: TestServer;
let noticed: string[] = [];
beforeAll(async () => {
  server = await startTestServer({ onUnmarkedField: (operation) => void noticed.push(operation) });
});
afterAll(() => server.stop());

const CAUGHT_UP = ({ __typename }: Record<string, unknown>) => __typename === 'CaughtUp';

async function live(user: TestUser, query: string): Promise<TestStream> {
  const stream = user.subscribe(query);
  await stream.item(CAUGHT_UP);
  return stream;
}

test('subscribers with the same operation share a group, whatever they know already; others have their own', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription ($since: [ChatPositionInput!]) { events(since: $since) { __typename } }';
  const before = server.app.fanout.size().groups;
  const streams = [
    a.subscribe(query, { since: [] }),
    b.subscribe(query, { since: [{ chatId: chat.id, position: 1 }] }),
    b.subscribe(query),
  ];
  for (const stream of streams) await stream.item(CAUGHT_UP);
  expect(server.app.fanout.size().groups).toBe(before + 1);

  const other = b.subscribe('subscription { events { __typename occurredAt } }');
  await other.item(CAUGHT_UP);
  expect(server.app.fanout.size().groups).toBe(before + 2);
  for (const stream of [...streams, other]) stream.stop();
});

test('what every field of the API shows in an event is the same for two viewers, or the field is marked', async () => {
  const [a, b] = [await server.user('ada'), await server.user('grace')];
  const c = await server.user('linus');
  const item = schema.getType('StreamItem')!;
  // The marked field makes the operation run for each viewer apart: nothing is alike for being shared.
  const query = `subscription { events { __typename
    ... on ChatAdded { chat { viewerRole } } ... on Event { at: position }
    ... on StreamItem ${selectAll(schema, item).replace(/Chat_forgotten: forgotten|Chat_broken: broken/g, '')} } }`;
  const chat = await group(a, b);
  const [ofA, ofB] = [await live(a, query), await live(b, query)];

  // What an event shows is read when it is shown: the next change waits until both have been shown this one.
  let shown = 1;
  const both = async <T>(change: Promise<T>): Promise<T> => {
    const done = await change;
    shown += 1;
    await Promise.all([ofA.count(shown), ofB.count(shown)]);
    return done;
  };
  const { id: messageId } = await both(send(a, chat));
  await both(does(b, 'sendMessage', { chatId: chat.id, content: 'a reply', replyToId: messageId }));
  await both(does(b, 'addReaction', { messageId, emoji: '👍' }));
  await both(does(a, 'editMessage', { messageId, content: 'hello again' }));
  await both(does(b, 'removeReaction', { messageId, emoji: '👍' }));
  await both(does(a, 'deleteMessage', { messageId }));
  await both(add(a, chat, c));
  await both(does(a, 'updateChat', { chatId: chat.id, title: 'two' }));
  await both(remove(a, chat, c));
  await both(does(a, 'deleteChat', { chatId: chat.id }));

  expect(ofA.results.filter(({ errors }) => errors)).toEqual([]);
  const events = (stream: TestStream) => stream.items.filter((item) => !CAUGHT_UP(item));
  expect(events(ofA)).toHaveLength(10);
  expect(events(ofA)).toEqual(events(ofB));
});

test('a marked field is answered for each viewer, however it is selected', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = `
    subscription ($yes: Boolean = true) { chatUpdated { id ...F @include(if: $yes) } }
    fragment F on Chat { ... on Node { ... on Chat { mine: viewerRole } } }`;
  const streams = [a, b].map((user) => user.subscribe(query));
  for (const user of [a, b]) (await live(user, 'subscription { events { __typename } }')).stop();
  await does(a, 'updateChat', { chatId: chat.id, title: 'two' });
  expect(await streams[0]!.count(1)).toEqual([{ id: chat.id, mine: 'OWNER' }]);
  expect(await streams[1]!.count(1)).toEqual([{ id: chat.id, mine: 'MEMBER' }]);
});

test('a field that depends on the viewer and is not marked is caught, and never leaks', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription Careless { events { __typename ... on ChatUpdated { chat { title forgotten } } } }';
  const streams = [await live(a, query), await live(b, query)];
  const unmarked = server.app.fanout.unmarked;
  noticed = [];

  await does(a, 'updateChat', { chatId: chat.id, title: 'two' });
  for (const stream of streams) await stream.count(2);
  await does(a, 'updateChat', { chatId: chat.id, title: 'three' });

  for (const [i, user] of [a, b].entries()) {
    const shown = (await streams[i]!.count(3)).slice(1);
    expect(shown).toEqual(
      ['two', 'three'].map((title) => ({ __typename: 'ChatUpdated', chat: { title, forgotten: user.rowId } })),
    );
  }
  // Noticed once: from then on the operation runs for each viewer.
  expect(noticed).toEqual(['Careless']);
  expect(server.app.fanout.unmarked).toBe(unmarked + 1);
});

test('an error in a shared execution reaches each subscriber, without the inside of the server', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription { events { __typename ... on ChatUpdated { chat { title broken } } } }';
  const streams = [await live(a, query), await live(b, query)];
  await does(a, 'updateChat', { chatId: chat.id, title: 'two' });
  for (const stream of streams) {
    await stream.count(2);
    expect(stream.results[1]).toEqual({
      data: { events: { __typename: 'ChatUpdated', chat: { title: 'two', broken: null } } },
      errors: [
        {
          message: expect.not.stringContaining('inside'),
          locations: expect.any(Array),
          path: ['events', 'chat', 'broken'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
  }
});

test('operations of one socket, shared and not, get every event once and in order, and their own ids', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const client = socketClient(server.app.port, b.token);
  const shared = 'subscription { events { __typename ... on MessageCreated { position message { content } } } }';
  const apart = `subscription { events { __typename ... on MessageCreated { position message { content chat { viewerRole } } } } }`;
  const streams = [shared, shared, apart].map((query) => TestStream.open(client, query));
  for (const stream of streams) await stream.item(CAUGHT_UP);

  const texts = Array.from({ length: 40 }, (_, i) => `message ${i} — ünïcödé 👩‍🚀 ${'x'.repeat(i * 40)}`);
  await Promise.all(texts.map((content) => send(a, chat, content)));

  for (const stream of streams) {
    const shown = (await stream.count(texts.length + 1)).slice(1);
    expect(shown.map(({ position }) => position)).toEqual(texts.map((_, i) => i + 2));
    const contents = shown.map(({ message }) => (message as { content: string }).content);
    expect(contents.toSorted()).toEqual(texts.toSorted());
  }
});

test('who joins or leaves a group among events gets each event whole or not at all', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription { events { __typename ... on MessageCreated { position message { content } } } }';
  const staying = await live(b, query);
  const sending = Promise.all(Array.from({ length: 60 }, (_, i) => send(a, chat, `message ${i}`)));
  const passing = Array.from({ length: 10 }, () => b.subscribe(query));
  for (const stream of passing) {
    await stream.item(CAUGHT_UP);
    await send(a, chat, 'one more');
    await stream.count(2);
    stream.stop();
  }
  await sending;
  await staying.count(71);
  for (const stream of [staying, ...passing]) {
    const positions = stream.items.slice(1).map(({ position }) => position as number);
    expect(positions).toEqual(positions.map((_, i) => positions[0]! + i));
  }
});

test('over Server-Sent Events the same groups are joined, and the same events come', async () => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription { events { __typename ... on MessageCreated { message { content } } } }';
  const socket = await live(b, query);
  const { groups, subscribers } = server.app.fanout.size();

  const response = await fetch(server.url, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${b.token}`,
    },
    body: JSON.stringify({ query }),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  const receive = async (text: string) => {
    while (!received.includes(text)) received += (await reader.read()).value;
  };
  await receive('CaughtUp');
  expect(server.app.fanout.size()).toEqual({ groups, subscribers: subscribers + 1 });

  await send(a, chat, 'héllo 👋');
  await socket.count(2);
  await receive('héllo 👋');
  expect(received).toContain(`event: next\ndata: ${JSON.stringify(socket.results[1])}\n\n`);

  await reader.cancel();
  await until(() => server.app.fanout.size().subscribers === subscribers);
});
