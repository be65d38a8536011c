import { parse, print } from 'graphql';
import { expect, onTestFinished } from 'vitest';
import { eventsDocument } from '../client/events/document.ts';
import { perEvent, perViewerTypes } from '../src/fanout/cohort-key.ts';
import { rowId } from '../src/graphql/ids.ts';
import { decodePublished } from '../src/log/wire-format.ts';
import { startTestServer, type TestUser } from './support/app.ts';
import { add, does, group, remove, send } from './support/documents.ts';
import { FaultyBroker } from './support/faulty-pubsub.ts';
import { schemaWith } from './support/schema-with.ts';
import { socketClient, TestStream } from './support/stream.ts';
import { withServer } from './support/test.ts';
import { until } from './support/until.ts';
import { selectAll } from './support/whole-selection.ts';

let executions = 0;
/** The product's schema with additional fields: one lacks its mark, one always fails, and one counts its executions. */
const schema = schemaWith({
  Chat: {
    'forgotten: String': (_, { viewer }) => viewer.optional(),
    'broken: String': () => {
      throw new Error('the inside of the server');
    },
  },
  Message: { 'counted: Int!': () => (executions += 1) },
});

let noticed: string[] = [];

const test = withServer({ schema, onUnmarkedField: (operation) => void noticed.push(operation) });

const CAUGHT_UP = ({ __typename }: Record<string, unknown>) => __typename === 'CaughtUp';

async function live(user: TestUser, query: string): Promise<TestStream> {
  const stream = user.subscribe(query);
  await stream.item(CAUGHT_UP);
  return stream;
}

test('subscribers with the same operation share a cohort, whatever positions they name; others have their own', async ({
  server,
}) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription ($since: [ChatPositionInput!]) { events(since: $since) { __typename } }';
  const before = server.app.fanout.size().cohorts;
  const streams = [
    a.subscribe(query, { since: [] }),
    b.subscribe(query, { since: [{ chatId: chat.id, position: 1 }] }),
    b.subscribe(query),
  ];
  for (const stream of streams) await stream.item(CAUGHT_UP);
  expect(server.app.fanout.size().cohorts).toBe(before + 1);

  const other = b.subscribe('subscription { events { __typename occurredAt } }');
  await other.item(CAUGHT_UP);
  expect(server.app.fanout.size().cohorts).toBe(before + 2);
  for (const stream of [...streams, other]) stream.stop();
});

test('operations with different variables get each event with their own selection', async ({ server }) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription ($with: Boolean!) { messageCreated { id content @include(if: $with) } }';
  const [whole, part] = [await a.follow(query, { with: true }), await b.follow(query, { with: false })];
  const { id } = await send(a, chat);
  expect(await whole.count(1)).toEqual([{ id, content: 'hello' }]);
  expect(await part.count(1)).toEqual([{ id }]);
});

test('an absent variable takes its default, and null does not', async ({ server }) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a);
  await add(a, chat, b);
  const query = `subscription ($first: Int = 1) {
    messageCreated { chat { members(first: $first) { edges { node { user { id } } } } } } }`;
  const [absent, isNull] = [await a.follow(query), await b.follow(query, { first: null })];
  await send(a, chat);
  const shows = (...users: TestUser[]) => [
    { chat: { members: { edges: users.map(({ id }) => ({ node: { user: { id } } })) } } },
  ];
  expect(await absent.count(1)).toEqual(shows(a));
  expect(await isNull.count(1)).toEqual(shows(a, b));
});

test('two operations of one document get each event with their own selection', async ({ server }) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const document = 'subscription A { messageCreated { id } } subscription B { messageCreated { content } }';
  const client = socketClient(server.app.port, b.token);
  const before = server.app.fanout.size().subscribers;
  const streams = ['A', 'B'].map((operationName) => TestStream.open(client, document, {}, { operationName }));
  await until(() => server.app.fanout.size().subscribers === before + 2);
  const { id } = await send(a, chat);
  expect(await streams[0]!.count(1)).toEqual([{ id }]);
  expect(await streams[1]!.count(1)).toEqual([{ content: 'hello' }]);
});

test('every field of the API has the same value for two viewers in an event, or is marked', async ({ server }) => {
  const [a, b] = [await server.user('ada'), await server.user('grace')];
  const c = await server.user('linus');
  const item = schema.getType('StreamItem')!;
  // A marked field makes the operation run for each viewer separately, so no value is equal only because it was shared.
  const query = `subscription { events { __typename
    ... on ChatAdded { chat { viewerRole } } ... on Event { at: position }
    ... on StreamItem ${selectAll(schema, item).replace(/Chat_forgotten: forgotten|Chat_broken: broken|Message_counted: counted/g, '')} } }`;
  const chat = await group(a, b);
  const [ofA, ofB] = [await live(a, query), await live(b, query)];

  // The rows of an event are read when it is shown. So the next change waits until both viewers have been shown this
  // one.
  let shown = 1;
  const both = async <T>(change: Promise<T>, events = 1): Promise<T> => {
    const done = await change;
    shown += events;
    await Promise.all([ofA.count(shown), ofB.count(shown)]);
    return done;
  };
  const { id: messageId } = await both(send(a, chat));
  await both(does(b, 'sendMessage', { chatId: chat.id, content: 'a reply', replyToId: messageId }));
  await both(does(b, 'addReaction', { messageId, emoji: '👍' }));
  await both(does(a, 'editMessage', { messageId, content: 'hello again' }));
  await both(does(b, 'removeReaction', { messageId, emoji: '👍' }));
  await both(does(a, 'deleteMessage', { messageId }));
  await both(add(a, chat, c), 2);
  await both(does(a, 'updateChat', { chatId: chat.id, title: 'two' }), 2);
  await both(remove(a, chat, c), 2);
  await both(does(a, 'deleteChat', { chatId: chat.id }));

  expect(ofA.results.filter(({ errors }) => errors)).toEqual([]);
  const events = (stream: TestStream) => stream.items.filter((item) => !CAUGHT_UP(item));
  expect(events(ofA)).toHaveLength(13);
  expect(events(ofA)).toEqual(events(ofB));
});

test('a marked field is resolved for each viewer, however it is selected', async ({ server }) => {
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

test('an unmarked field that depends on the viewer is detected, and its value never reaches another viewer', async ({
  server,
}) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription Careless { events { __typename ... on ChatUpdated { chat { title forgotten } } } }';
  const streams = [await live(a, query), await live(b, query)];
  const unmarked = server.app.fanout.unmarkedFields;
  noticed = [];

  await does(a, 'updateChat', { chatId: chat.id, title: 'two' });
  for (const stream of streams) await stream.count(3);
  await does(a, 'updateChat', { chatId: chat.id, title: 'three' });

  for (const [i, user] of [a, b].entries()) {
    const shown = (await streams[i]!.count(5)).filter(({ __typename }) => __typename === 'ChatUpdated');
    expect(shown).toEqual(
      ['two', 'three'].map((title) => ({ __typename: 'ChatUpdated', chat: { title, forgotten: user.rowId } })),
    );
  }
  // The field is reported once. From then on the operation runs for each viewer.
  expect(noticed).toEqual(['Careless']);
  expect(server.app.fanout.unmarkedFields).toBe(unmarked + 1);
});

test('an error in a shared execution reaches each subscriber, without internals of the server', async ({ server }) => {
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

test('operations of one socket, shared or not, get every event once, in order, under their own ids', async ({
  server,
}) => {
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
    expect(shown.map(({ position }) => position)).toEqual(texts.map((_, i) => i + 3));
    const contents = shown.map(({ message }) => (message as { content: string }).content);
    expect(contents.toSorted()).toEqual(texts.toSorted());
  }
});

test('if a message is edited in the tick of its creation, the edit shows the edited text', async ({ server }) => {
  const broker = new FaultyBroker();
  const held = await startTestServer({ database: server.database, pubsub: broker.connect(), reconcileMs: 3_600_000 });
  onTestFinished(async () => {
    await held.stop();
    broker.close();
  });
  const user = await held.user();
  const chat = await group(user);
  const stream = await live(
    user,
    `subscription { events { __typename
      ... on MessageCreated { message { content revision } } ... on MessageEdited { message { content revision } } } }`,
  );
  const channel = `chat:${rowId('Chat', chat.id)}`;
  const payloads: string[] = [];
  broker.fate = (to, payload) => {
    if (to === channel) payloads.push(payload);
    return [];
  };
  const { id } = await send(user, chat);
  await does(user, 'editMessage', { messageId: id, content: 'edited' });
  await until(() => payloads.length === 2);

  // The edit waits for the creation. The feed delivers both in the tick in which the creation arrives.
  broker.fate = () => [0];
  const [created, edited] = payloads.map((payload) => ({ payload, ...decodePublished(payload) }));
  expect([created!.snapshot?.message, edited!.snapshot?.message]).toMatchObject([
    { content: 'hello', revision: 3 },
    { content: 'edited', revision: 4 },
  ]);
  const other = broker.connect();
  for (const { payload } of [edited!, created!]) other.publish(channel, payload);

  // Both frames are read from the database after the edit.
  const message = { content: 'edited', revision: 4 };
  expect((await stream.count(3)).slice(1)).toEqual([
    { __typename: 'MessageCreated', message },
    { __typename: 'MessageEdited', message },
  ]);
});

test('a subscriber who joins or leaves a cohort between events gets each event completely or not at all', async ({
  server,
}) => {
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
    // Messages that were sent while a stream began may come before its `CaughtUp`.
    const positions = stream.items.filter((item) => !CAUGHT_UP(item)).map(({ position }) => position as number);
    expect(positions).toEqual(positions.map((_, i) => positions[0]! + i));
  }
});

test('subscribers over Server-Sent Events join the same cohorts and get the same events', async ({ server }) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = 'subscription { events { __typename ... on MessageCreated { message { content } } } }';
  const socket = await live(b, query);
  const { cohorts, subscribers } = server.app.fanout.size();

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
  expect(server.app.fanout.size()).toEqual({ cohorts, subscribers: subscribers + 1 });

  await send(a, chat, 'héllo 👋');
  await socket.count(2);
  await receive('héllo 👋');
  expect(received).toContain(`event: next\ndata: ${JSON.stringify(socket.results[1])}\n\n`);

  await reader.cancel();
  await until(() => server.app.fanout.size().subscribers === subscribers);
});

test('the value of since costs nothing after the replay, and no other subscriber sees it', async ({ server }) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = `subscription ($since: [ChatPositionInput!], $titles: Boolean!) {
    events(since: $since) { __typename ... on ChatAdded { chat { id title @include(if: $titles) } } } }`;
  let reads = 0;
  const since = [
    {
      chatId: 'x',
      get position() {
        return (reads += 1);
      },
    },
  ];
  const args = { schema, document: parse(query), variableValues: { since, titles: true } };

  const shown = perEvent(args);

  expect(print(shown.document)).not.toMatch(/since/i);
  expect(shown.variableValues).toEqual({ titles: true });
  expect(reads).toBe(0);
  expect(print(args.document)).toMatch(/since/);

  const stream = b.subscribe(query, { since: [], titles: true });
  expect(await stream.item(({ __typename }) => __typename === 'ChatAdded')).toMatchObject({
    chat: { id: chat.id, title: 'Plans' },
  });
  stream.stop();
});

const MESSAGE_CREATED = '... on MessageCreated { message { counted content } }';

test('a viewer-dependent field under one type of item leaves the other types shared', async ({ server }) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = `subscription { events { __typename ${MESSAGE_CREATED} ... on ChatAdded { chat { id viewerRole } } } }`;
  const streams: TestStream[] = [];
  for (let i = 0; i < 10; i++) streams.push(await live(a, query), await live(b, query));
  const { perViewerItems } = server.app.fanout;
  executions = 0;

  await send(a, chat, 'to twenty subscribers');
  for (const stream of streams) await stream.count(2);
  expect(executions).toBe(1);
  expect(server.app.fanout.perViewerItems).toBe(perViewerItems);

  const added = await group(a, b);
  for (const [i, stream] of streams.entries()) {
    const shown = await stream.item(({ __typename }) => __typename === 'ChatAdded');
    expect(shown).toEqual({
      __typename: 'ChatAdded',
      chat: { id: added.id, viewerRole: i % 2 === 0 ? 'OWNER' : 'MEMBER' },
    });
  }
  for (const stream of streams) stream.stop();
});

test(
  'two hundred subscribers whose document selects viewerState under ChatAdded share a live event',
  { timeout: 60_000 },
  async ({ server }) => {
    const [a, b] = [await server.user(), await server.user()];
    const chat = await group(a, b);
    const query = `subscription { events { __typename ${MESSAGE_CREATED}
    ... on ChatAdded { chat { id viewerState { version unreadCount } } }
    ... on ChatReset { chat { id viewerState { version unreadCount } } } } }`;
    const clients = [a, b, a, b].map(({ token }) => socketClient(server.app.port, token));
    const streams = clients.flatMap((client) => Array.from({ length: 50 }, () => TestStream.open(client, query)));
    for (const stream of streams) await stream.item(CAUGHT_UP);
    executions = 0;

    await send(a, chat, 'to two hundred subscribers');
    for (const stream of streams) await stream.count(2);
    expect(streams).toHaveLength(200);
    expect(executions).toBe(1);

    const { id } = await group(a, b);
    for (const stream of streams) {
      const shown = await stream.item(({ __typename }) => __typename === 'ChatAdded');
      expect(shown).toMatchObject({ chat: { id, viewerState: { version: 0, unreadCount: 0 } } });
      stream.stop();
    }
  },
);

test('an item type that unexpectedly needs the viewer is marked, and no other type of its batch', async ({
  server,
}) => {
  const [a, b] = [await server.user(), await server.user()];
  const chat = await group(a, b);
  const query = `subscription Surprised { events { __typename ${MESSAGE_CREATED} ... on ChatUpdated { chat { forgotten } } } }`;
  const streams = [await live(a, query), await live(b, query)];
  noticed = [];
  await Promise.all([does(a, 'updateChat', { chatId: chat.id, title: 'two' }), send(b, chat, 'at once')]);
  // With CaughtUp, and with the line about the title.
  for (const stream of streams) await stream.count(4);
  executions = 0;

  await send(a, chat, 'still shared');
  for (const stream of streams) await stream.count(5);
  expect(executions).toBe(1);
  expect(noticed).toEqual(['Surprised']);
  for (const [i, user] of [a, b].entries()) {
    const updated = streams[i]!.items.find(({ __typename }) => __typename === 'ChatUpdated');
    expect(updated).toMatchObject({ chat: { forgotten: user.rowId } });
  }
  for (const stream of streams) stream.stop();
});

test.each([
  ['under its own type', '... on ChatAdded { chat { viewerRole } }', ['ChatAdded']],
  ['with an alias', '... on ChatUpdated { chat { mine: viewerRole } }', ['ChatUpdated']],
  ['that is left out', '... on ChatReset { chat { viewerRole @include(if: false) } }', ['ChatReset']],
  ['in a named fragment', '...F', ['MemberAdded']],
  ['behind another object', '... on MessageEdited { message { chat { viewerRole } } }', ['MessageEdited']],
  ['nowhere', '... on Event { chatId } ... on ChatAdded { chat { id } }', []],
])('a marked field %s affects the types that select it', (_, selection, types) => {
  const document = parse(`subscription { events { __typename ${selection} } }
    fragment F on MemberAdded { ... on MemberAdded { chat { ... on Node { ... on Chat { viewerRole } } } } }`);
  expect([...perViewerTypes({ schema, document })]).toEqual(types);
});

test('of the kit’s document only items that add a chat, and viewer state, run for each viewer', () => {
  const perViewer = perViewerTypes({ schema, document: parse(eventsDocument) });
  expect([...perViewer].toSorted()).toEqual([
    'BlockChanged',
    'ChatAdded',
    'ChatReset',
    'DraftChanged',
    'ViewerChatStateChanged',
  ]);
});

test('a marked field of a subscription without stream items affects every type', () => {
  const perViewer = perViewerTypes({ schema, document: parse('subscription { chatUpdated { viewerRole } }') });
  expect(perViewer).toContain('ChatUpdated');
  expect(perViewer).toContain('MemberAdded');
});
