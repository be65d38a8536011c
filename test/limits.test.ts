import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getOperationAST, parse } from 'graphql';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { costOf } from '../src/graphql/cost.ts';
import { Documents } from '../src/graphql/documents.ts';
import { encodeId } from '../src/graphql/ids.ts';
import { limits } from '../src/limits.ts';
import { schema } from '../src/schema.ts';
import { startTestServer, type Answer, type TestServer, type TestUser } from './support/app.ts';
import { group, mutation, send, type Chat, type Message, type Mutation } from './support/documents.ts';
import { socketClient, TestStream } from './support/stream.ts';
import { until } from './support/until.ts';

let server: TestServer;
let ada: TestUser;
let chat: Chat;
let message: Message;
let cursor: string;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.user('ada');
  chat = await group(ada);
  message = await send(ada, chat);
  const page = await ada.ask<{ edges: { cursor: string }[] }>('{ chats { edges { cursor } } }');
  cursor = page.edges[0]!.cursor;
});
afterAll(() => server.stop());

const refusals = ({ errors }: Answer) => errors?.map(({ message, extensions }) => ({ message, code: extensions.code }));
const badRequest = (message: string | RegExp) => [
  { code: 'BAD_REQUEST', message: message instanceof RegExp ? expect.stringMatching(message) : message },
];
const times = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

const tooMuch = (why: string) => `This operation asks for too much. ${why}: ask for less, or in several operations.`;
const fill = (bytes: number) => `{ __typename } #${' '.repeat(bytes - 16)}`;
const chain = (length: number) =>
  `{ viewer { ...f0 } } ${times(length, (i) => `fragment f${i} on User { ...f${i + 1} }`)} fragment f${length} on User { id }`;
const replies = (levels: number) =>
  `{ node(id: "x") { ... on Message { ${'replyTo { '.repeat(levels - 2)} id ${'} '.repeat(levels - 2)} } } }`;

const shapes: [string, number, (figure: number) => string, string][] = [
  ['document.bytes', limits.document.bytes, fill, 'The document has 32769 bytes, and at most 32768 are allowed.'],
  [
    'document.tokens',
    limits.document.tokens,
    (n) => `{ __typename } ${'#\n'.repeat(n - 3)}`,
    'The document has more than 5000 tokens, comments counted.',
  ],
  [
    'document.depth',
    limits.document.depth,
    (n) =>
      `mutation { sendMessage(input: { chatId: "x", payload: ${'['.repeat(n - 3)}${']'.repeat(n - 3)} }) { __typename } }`,
    'The document has more than 128 brackets within each other.',
  ],
  [
    'operation.rootFields',
    limits.operation.rootFields,
    (n) => `{ ${times(n, (i) => `a${i}: viewer { id }`)} }`,
    tooMuch('It has 21 root fields, and at most 20 are allowed'),
  ],
  [
    'operation.mutations',
    limits.operation.mutations,
    (n) => `mutation { ${times(n, (i) => `a${i}: deleteChat(input: { chatId: "x" }) { __typename }`)} }`,
    tooMuch('It has 6 mutations, and at most 5 are allowed'),
  ],
  [
    'operation.sessionMutations',
    limits.operation.sessionMutations,
    (n) => `mutation { ${times(n, (i) => `a${i}: signOut(input: { refreshToken: "x" }) { __typename }`)} }`,
    tooMuch('It has signOut 2 times, and at most 1 is allowed'),
  ],
  ['operation.depth', limits.operation.depth, replies, tooMuch('It is more than 20 levels deep')],
  [
    'operation.selections',
    limits.operation.selections,
    // Selections count with those of their fragments: 199 spreads make 19,900, and 200 make 20,100.
    (n) => `{ viewer { ${times(n > limits.operation.selections ? 200 : 198, () => 'id')} } }`,
    tooMuch('It has more than 20000 selections, each counted with those like it'),
  ],
  [
    'echoedCharacters',
    limits.echoedCharacters,
    (n) => `{ ${'a'.repeat(n)}: __typename }`,
    `"${'a'.repeat(64)}…": an alias must be at most 64 characters.`,
  ],
];

describe('an operation is refused before it is executed', () => {
  test.each(shapes)('if it has too many %s', async (_, figure, query, message) => {
    expect(refusals(await ada.request(query(figure)))).toBeUndefined();
    expect(refusals(await ada.request(query(figure + 1)))).toEqual(badRequest(message));
  });

  test('in a chain of fragments, or in a circle of them', async () => {
    expect(refusals(await ada.request(chain(100)))).toBeUndefined();
    expect(refusals(await ada.request(chain(300)))).toEqual(badRequest(/more than 20000 selections/));
    const circle = '{ node(id: "x") { ...f } } fragment f on Message { replyTo { ...f } }';
    expect(refusals(await ada.request(circle))).toEqual(badRequest(/more than 20 levels deep/));
  });
});

/** A text with this number of bytes and at most two characters. */
const bytes = (n: number) => (n % 2 ? 'a' : 'xa') + '\u0301'.repeat(Math.floor((n - 1) / 2));
const nested = (levels: number): unknown => (levels === 0 ? 0 : [nested(levels - 1)]);

/** The result of a request: the limit that refused it, or nothing. */
async function outcome([query, variables, headers]: Attempt): Promise<unknown> {
  const { data, errors } = await ada.request(query, variables, headers);
  const [answer] = Object.values(data ?? {}) as ({ code?: string; message?: string } | null)[];
  const { code, message } = errors?.[0] ? { ...errors[0].extensions, ...errors[0] } : { ...answer };
  return code === undefined ? undefined : `${code} ${message}`;
}
type Attempt = [query: string, variables?: object, headers?: Record<string, string>];

const mutate =
  (name: Mutation, input: (n: number) => object) =>
  (n: number): [string, object] => [mutation(name), { input: input(n) }];
const sends = (input: (n: number) => object) => mutate('sendMessage', (n) => ({ chatId: chat.id, ...input(n) }));
const session =
  (name: string, input: (n: number) => object) =>
  (n: number): Attempt => [
    `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename ... on Error { code message } } }`,
    { input: input(n) },
  ];
const signIn = (input: (n: number) => object) =>
  session('signIn', (n) => ({ username: 'nobody_at_all', password: 'a password', ...input(n) }));
const signUp = (displayName: (n: number) => string) =>
  session('signUp', (n) => ({ username: `u${Date.now()}_${n}`, password: 'a password', displayName: displayName(n) }));
const asks =
  (query: string, variables: (n: number) => object) =>
  (n: number): Attempt => [query, variables(n)];
const saveDraft = (content: (n: number) => string) =>
  session('saveDraft', (n) => ({ chatId: chat.id, content: content(n) }));
const saveMessage = (note: (n: number) => string) =>
  session('saveMessage', (n) => ({ messageId: message.id, note: note(n) }));
/** An operation of exactly this cost. Fields are added until it is reached. */
function costing(n: number, before: string, after: string): string {
  const of = (fields: number) => `${before} ${times(fields, (i) => `a${i}: id`)} ${after}`;
  const operation = getOperationAST(parse(of(0)))!;
  const { cost } = costOf({ schema, operation, fragments: new Map(), variables: {} });
  return of(n - cost);
}
const dearRows =
  '{ chats(first: 100) { edges { node { members(first: 100) { edges { node { role joinedAt } } } messages(first: 46) { edges { cursor } } } } }';

/** Each limit: its figure, a request at the limit or beyond it, and the refusal of the latter. */
const table: Record<string, [figure: number, request: (n: number) => Attempt, refusal: string, below?: true]> = {
  'messageContent.characters': [
    4_000,
    sends((n) => ({ content: 'x'.repeat(n) })),
    'INVALID_INPUT content: must be 1–4000 characters',
  ],
  'messageContent.bytes': [
    16_384,
    sends((n) => ({ content: bytes(n) })),
    'INVALID_INPUT content: must be at most 16384 bytes of UTF-8',
  ],
  'messagePayload.bytes': [
    16_384,
    sends((n) => ({ type: 'FILE', payload: 'x'.repeat(n - 2) })),
    'INVALID_INPUT payload: must be at most 16384 bytes of JSON',
  ],
  'messagePayload.depth': [
    100,
    sends((n) => ({ type: 'FILE', payload: nested(n) })),
    'INVALID_INPUT payload: must be at most 100 levels deep',
  ],
  'draft.characters': [
    4_000,
    saveDraft((n) => 'x'.repeat(n)),
    'INVALID_INPUT content: must be at most 4000 characters',
  ],
  'draft.bytes': [16_384, saveDraft(bytes), 'INVALID_INPUT content: must be at most 16384 bytes of UTF-8'],
  'note.characters': [500, saveMessage((n) => 'x'.repeat(n)), 'INVALID_INPUT note: must be 1–500 characters'],
  'note.bytes': [4_096, saveMessage(bytes), 'INVALID_INPUT note: must be at most 4096 bytes of UTF-8'],
  'chatTitle.characters': [
    120,
    mutate('updateChat', (n) => ({ chatId: chat.id, title: 'x'.repeat(n) })),
    'INVALID_INPUT title: must be 1–120 characters',
  ],
  'chatTitle.bytes': [
    2_048,
    mutate('updateChat', (n) => ({ chatId: chat.id, title: bytes(n) })),
    'INVALID_INPUT title: must be at most 2048 bytes of UTF-8',
  ],
  'username.min': [
    3,
    signIn((n) => ({ username: 'a'.repeat(n) })),
    'INVALID_INPUT username: must be 3–32 letters a–z, digits or underscores',
    true,
  ],
  'username.max': [
    32,
    signIn((n) => ({ username: 'a'.repeat(n) })),
    'INVALID_INPUT username: must be 3–32 letters a–z, digits or underscores',
  ],
  'username.bytes': [
    128,
    signIn((n) => ({ username: 'abc'.padEnd(n) })),
    'INVALID_INPUT username: must be 3–32 letters a–z, digits or underscores',
  ],
  'displayName.characters': [64, signUp((n) => 'x'.repeat(n)), 'INVALID_INPUT displayName: must be 1–64 characters'],
  'displayName.bytes': [
    1_024,
    signUp((n) => bytes(n)),
    'INVALID_INPUT displayName: must be at most 1024 bytes of UTF-8',
  ],
  'password.min': [
    10,
    signIn((n) => ({ password: 'x'.repeat(n) })),
    'INVALID_INPUT password: must be 10–200 characters',
    true,
  ],
  'password.max': [
    200,
    signIn((n) => ({ password: 'x'.repeat(n) })),
    'INVALID_INPUT password: must be 10–200 characters',
  ],
  // Eight bytes that compose to one character.
  'password.bytes': [
    1_600,
    signIn((n) => ({ password: '\u{1D400}\u0302\u0301'.repeat(200).padEnd(n - 1_600 + 800) })),
    'INVALID_INPUT password: must be at most 1600 bytes of UTF-8',
  ],
  'shortcode.max': [
    64,
    mutate('addReaction', (n) => ({ messageId: message.id, emoji: `:${'a'.repeat(n - 2)}:` })),
    'INVALID_INPUT emoji: must be one emoji, or a shortcode such as :party_parrot: of at most 64 characters',
  ],
  'searchTerm.characters': [
    64,
    asks('query ($search: String!) { users(search: $search) { edges { cursor } } }', (n) => ({
      search: 'x'.repeat(n),
    })),
    'BAD_REQUEST search: must be 2–64 characters.',
  ],
  'searchTerm.bytes': [
    256,
    asks('query ($search: String!) { users(search: $search) { edges { cursor } } }', (n) => ({
      search: 'xy'.padEnd(n),
    })),
    'BAD_REQUEST search: must be 2–64 characters.',
  ],
  'searchTerm.min': [
    2,
    asks('query ($search: String!) { users(search: $search) { edges { cursor } } }', (n) => ({
      search: 'x'.repeat(n),
    })),
    'BAD_REQUEST search: must be 2–64 characters.',
    true,
  ],
  'page.max': [
    100,
    asks('query ($n: Int) { chats(first: $n) { edges { cursor } } }', (n) => ({ n })),
    'BAD_REQUEST first: must be 1–100.',
  ],
  nodes: [
    100,
    asks('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', (n) => ({ ids: Array(n).fill('x') })),
    'BAD_REQUEST ids: must have at most 100 entries.',
  ],
  deliveredPositions: [
    200,
    asks(
      'mutation ($input: MarkDeliveredInput!) { markDelivered(input: $input) { __typename ... on Error { code message } } }',
      (n) => ({ input: { positions: Array(n).fill({ chatId: chat.id, position: 1 }) } }),
    ),
    'BAD_REQUEST input.positions: must have at most 200 entries.',
  ],
  'operation.cost': [
    50_000,
    (n) => [costing(n, `${dearRows} viewer { id`, '} }')],
    'BAD_REQUEST This operation asks for too much. It may cost 50001, and at most 50000 is allowed: ask for smaller pages, or in several operations.',
  ],
  'id.bytes': [
    128,
    asks('query ($id: ID!) { chat(id: $id) { id } }', (n) => ({ id: 'x'.repeat(n) })),
    'BAD_REQUEST id: must be at most 128 bytes.',
  ],
  'cursor.bytes': [
    512,
    asks('query ($c: String) { chats(after: $c) { edges { cursor } } }', (n) => ({ c: cursor.padEnd(n, '=') })),
    'BAD_REQUEST after: must be at most 512 bytes.',
  ],
  'refreshToken.bytes': [
    512,
    session('refreshSession', (n) => ({ refreshToken: 'x'.repeat(n) })),
    'BAD_REQUEST input.refreshToken: must be at most 512 bytes.',
  ],
  'otherScalar.bytes': [
    64,
    asks('query ($n: Int) { chats(first: $n) { edges { cursor } } }', (n) => ({ n: 'x'.repeat(n) })),
    'BAD_REQUEST first: must be at most 64 bytes.',
  ],
  idempotencyKeyBytes: [
    255,
    (n) => [...sends(() => ({ content: 'x' }))(n), { 'idempotency-key': 'k'.repeat(n) }],
    'BAD_REQUEST Idempotency-Key: must be 1–255 bytes of well-formed text.',
  ],
};

test.each(Object.entries(table))(
  'the limit %s: a value at the limit is accepted, one more is refused',
  async (_, [figure, request, refusal, below]) => {
    expect(await outcome(request(figure))).not.toBe(refusal);
    expect(await outcome(request(below ? figure - 1 : figure + 1))).toBe(refusal);
  },
);

/** Limits that other tests check. */
const elsewhere: Record<string, [title: string, file: string]> = {
  chatMembers: ['goes up to 10,000 members', 'test/members.test.ts'],
  reactionsPerMessage: [
    'a message has at most 20 different ones, each of any number of users',
    'test/reaction.test.ts',
  ],
  listedReactions: ['a message shows its first 100 reactions, and all of them by emoji', 'test/reaction.test.ts'],
  drafts: ['at most 1,000 chats have a draft', 'test/draft.test.ts'],
  savedMessages: ['at most 1,000 messages are saved', 'test/saved-message.test.ts'],
  typingMembers: ['in a chat of more than 100 members', 'test/typing.test.ts'],
  typingNotices: [
    'of more than five reports in a second, whatever the chats, the others are ignored',
    'test/unit/typing-pace.test.ts',
  ],
  typingUsers: ['names the first five users and counts all', 'test/unit/ephemeral-topic.test.ts'],
  mentions: ['at most 50 users are mentioned at once', 'test/mention.test.ts'],
  mentionEveryoneMembers: ['may be mentioned by everyone in chats of up to 100 members', 'test/mention.test.ts'],
  pinnedChats: ['at most 100 chats are pinned', 'test/preferences.test.ts'],
  unreadCount: ['counted up to 100', 'test/read-state.test.ts'],
  ephemeralChats: ['both lists are limited', 'test/ephemeral.test.ts'],
  ephemeralUsers: ['both lists are limited', 'test/ephemeral.test.ts'],
  receiptMembers: ['those of reading in chats of up to 100', 'test/receipts.test.ts'],
  deliveryReceiptMembers: ['of delivery exist in chats of up to 20 members', 'test/receipts.test.ts'],
  'emoji.bytes': ["['emoji', 64, normaliseEmoji]", 'test/unit/validation.test.ts'],
  'authorization.bytes': ['Authorization is a limit', 'test/limits.test.ts'],
  blocks: ['has at most 1,000 users, who must exist, and not oneself', 'test/blocks.test.ts'],
  device: ['has every session with its device', 'test/active-sessions.test.ts'],
  listedSessions: ['lists the 100 sessions', 'test/active-sessions.test.ts'],
  passwordHashes: [
    'if very many sign in at once, some are refused with RATE_LIMITED, and nobody waits long',
    'test/session-tokens.test.ts',
  ],
  'page.default': ['without first and last are the newest 50, oldest first', 'test/connection.test.ts'],
  since: ['since is a limit', 'test/limits.test.ts'],
  'document.keptBytes': ['take at most their memory limit, however many there are', 'test/unit/limits.test.ts'],
  'operation.milliseconds': ['a query is stopped after its time limit', 'test/limits.test.ts'],
  'operation.subscriptionCost': ['a subscription may cost less than a query', 'test/limits.test.ts'],
};

test('every limit has a test', async () => {
  const named = Object.entries(limits).flatMap(([name, figures]) =>
    typeof figures === 'number' ? [name] : Object.keys(figures).map((inner) => `${name}.${inner}`),
  );
  const tested = [...Object.keys(table), ...shapes.map(([name]) => name), ...Object.keys(elsewhere)];
  expect(named.filter((name) => !tested.includes(name) && !tested.includes(name.split('.')[0]!))).toEqual([]);
  for (const [title, file] of Object.values(elsewhere)) {
    expect(await readFile(new URL(`../${file}`, import.meta.url), 'utf8')).toContain(title);
  }
});

test('Authorization is a limit', async () => {
  const said = async (bytes: number) => {
    const stream = TestStream.open(
      socketClient(server.app.port, 'x'.repeat(bytes - 'Bearer '.length)),
      '{ __typename }',
    );
    await stream.end();
    return (stream.error as { reason: string }).reason;
  };
  expect(await said(limits.authorization.bytes)).toMatch(/^The access token is not valid/);
  expect(await said(limits.authorization.bytes + 1)).toBe('Authorization must be at most 16384 bytes long.');
});

const SINCE = 'subscription ($since: [ChatPositionInput!]) { events(since: $since) { __typename } }';

test('since is a limit, and names each chat once, with a valid position', async () => {
  const resume = async (since: object[]) => {
    const stream = ada.subscribe(SINCE, { since });
    await until(() => stream.over || stream.results.length > 0);
    stream.stop();
    return JSON.stringify(stream.error ?? stream.results[0]);
  };
  const named = Array.from({ length: limits.since }, () => ({ chatId: encodeId('Chat', randomUUID()), position: 1 }));
  const documents = new Documents(schema);
  expect(documents.validate(documents.parse(SINCE), { variables: { since: named } })).toEqual([]);
  expect(await resume([...named, { chatId: chat.id, position: 1 }])).toContain(
    `since: must have at most ${limits.since} entries.`,
  );
  expect(await resume([{ chatId: chat.id, position: -1 }])).toContain('since: a position must be 0 or more.');
  expect(
    await resume([
      { chatId: chat.id, position: 1 },
      { chatId: chat.id, position: 2 },
    ]),
  ).toContain('since: names a chat twice.');
});

test('a subscription may cost less than a query', async () => {
  const cost = limits.operation.subscriptionCost;
  const refusal = `It may cost ${cost + 1}, and at most ${cost} is allowed`;
  const members = 'chat { members(first: 100) { edges { node { role joinedAt user { id } } } } }';
  const before = `subscription { messageCreated { id one: ${members} two: ${members} three: ${members}`;
  const deep = 'messages(first: 100) { edges { node { chat { '.repeat(3);
  const dear = `subscription { messageCreated { chat { ${deep} id ${'} } } } '.repeat(3)} } } }`;

  const accepted = await ada.follow(costing(cost, before, '} }'));
  expect(accepted.error).toBeUndefined();
  accepted.stop();
  for (const [query, message] of [
    [costing(cost + 1, before, '} }'), refusal],
    [dear, 'This operation asks for too much. It may cost'],
  ] as const) {
    const socket = ada.subscribe(query);
    await socket.end();
    expect(socket.error).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: 'BAD_REQUEST' } },
    ]);
    const sse = TestStream.openSse(server.url, ada.token, query);
    await sse.end();
    expect(sse.results).toMatchObject([
      { errors: [{ message: expect.stringContaining(message), extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  }
});

test.each([
  [
    'first',
    'query ($n: Int, $with: Boolean = true) { chats(first: $n) @include(if: $with) { edges { node { messages(first: 100) { edges { node { id chatId authorId type } } } } } } }',
    { n: 1 },
    { n: 100, with: true },
  ],
  [
    'last',
    'query ($n: Int) { chats(first: 100) { edges { node { messages(last: $n) { edges { node { id chatId authorId type } } } } } } }',
    { n: 1 },
    { n: 100 },
  ],
  [
    'a default',
    'query ($n: Int = 100) { chats(first: 100) { edges { node { messages(last: $n) { edges { node { id chatId authorId type } } } } } } }',
    { n: 1 },
    {},
  ],
  [
    'ids',
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Chat { messages(first: 100) { edges { node { id chatId authorId type } } } } } }',
    { ids: ['x'] },
    { ids: Array(100).fill('x') },
  ],
  [
    'a list of members',
    `mutation ($ids: [ID!]!) { a: createChat(input: { kind: GROUP, memberIds: $ids }) { __typename } b: createChat(input: { kind: GROUP, memberIds: $ids }) { __typename } }`,
    { ids: [] },
    { ids: Array(7_000).fill('x') },
  ],
])('an operation that is allowed with few %s is refused with many', async (_, query, little, much) => {
  expect(refusals(await ada.request(query, little))).toBeUndefined();
  expect(refusals(await ada.request(query, much))).toEqual(
    badRequest(/^This operation asks for too much. It may cost \d+, and at most 50000/),
  );
  expect(refusals(await ada.request(query, little))).toBeUndefined();
});

test('each entry of a batch, and an operation on a socket, has the same limits', async () => {
  const many = shapes.find(([name]) => name === 'operation.rootFields')!;
  const query = many[2](many[1] + 1);
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ __typename }' }, { query }]),
  });
  expect(await response.json()).toMatchObject([
    { data: { __typename: 'Query' } },
    { errors: badRequest(many[3]).map(({ message }) => ({ message })) },
  ]);
  for (const variables of [undefined, { id: 'x'.repeat(129) }]) {
    const socket = variables
      ? ada.subscribe('query ($id: ID!) { chat(id: $id) { id } }', variables)
      : ada.subscribe(query);
    await socket.end();
    expect(socket.error).toMatchObject([
      { message: variables ? 'id: must be at most 128 bytes.' : many[3], extensions: { code: 'BAD_REQUEST' } },
    ]);
  }
});

test('introspection has a cost', async () => {
  const fields = times(300, (i) => `a${i}: description`);
  const query = `{ __schema { types { fields { type { ofType { fields { ${fields} } } } } } } }`;
  expect(refusals(await server.stranger().request(query))).toEqual(
    badRequest(/^This operation asks for too much. It may cost \d+, and at most 50000/),
  );
  expect(refusals(await server.stranger().request('{ __type(name: "Chat") { fields { name } } }'))).toBeUndefined();
});

test('a request without a viewer is refused before its cursor is read', async () => {
  const answer = await server.stranger().request('{ chats(after: "no cursor") { edges { cursor } } }');
  expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

describe('an error repeats at most 64 characters of', () => {
  const long = 'x'.repeat(500);
  test.each<[string, string, object?]>([
    ['a literal id', `mutation { deleteChat(input: { chatId: "${'x'.repeat(100)}" }) { ... on Error { message } } }`],
    ['a field', `{ ${long} }`],
    ['an argument', `{ chat(${long}: 1) { id } }`],
    ['a string where none is due', `{ chats(first: "${long}") { edges { cursor } } }`],
    ['a syntax error', `{ "${long}" }`],
    ['a variable of another type', 'query ($id: ID!) { chat(id: $id) { id } }', { id: { [long]: long } }],
    [
      'an unknown field of an input',
      'mutation ($input: DeleteChatInput!) { deleteChat(input: $input) { __typename } }',
      { input: { chatId: 'x', [long]: long } },
    ],
  ])('%s', async (_, query, variables) => {
    const { data, errors } = await ada.request(query, variables);
    const said = JSON.stringify(errors ?? data);
    expect(said).toContain('x'.repeat(8));
    expect(said).not.toContain('x'.repeat(65));
    expect(said.length).toBeLessThan(1_000);
  });
});

test('a request that is too deep or too large is answered as a client error, without a log line', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const other = await startTestServer({ database: server.database, logger });
  const stranger = other.stranger();
  for (const query of [
    '{a'.repeat(5_000),
    `{ nodes(ids: ${'['.repeat(4_900)}`,
    `query ($a: ${'['.repeat(3_000)}`,
    chain(3_000),
    chain(600),
  ]) {
    const answer = await stranger.request(query);
    expect(answer.status).toBeLessThan(500);
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  }
  expect(lines).toEqual([]);
  await other.stop();
});

test('a query is stopped after its time limit and reads nothing more; a mutation is finished and answered', async () => {
  const statements: string[] = [];
  let release = () => {};
  let holding = false;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { statement } = server.database;
  const slow: typeof statement = async (sql) => {
    if (!holding) return statement(sql);
    statements.push(sql.sql);
    await held;
    return statement(sql);
  };
  const other = await startTestServer({ database: { ...server.database, statement: slow }, operationMs: 300 });
  const user = ada.at(other);
  const variables = { id: chat.id };
  // A user who has sent before sends with one statement.
  await send(user, chat);

  holding = true;
  const sending = user.request(mutation('sendMessage'), { input: { chatId: chat.id, content: 'x' } });
  await until(() => statements.length > 0);
  const stopped = await user.request('query ($id: ID!) { chat(id: $id) { createdBy { id } } }', variables);
  expect(refusals(stopped)).toEqual([{ code: 'RATE_LIMITED', message: expect.stringMatching(/stopped after 300 ms/) }]);
  release();
  expect((await sending).data).toMatchObject({ sendMessage: { content: 'x' } });

  const later = await user.request('query ($id: ID!) { chat(id: $id) { id } }', variables);
  expect(later.errors).toBeUndefined();
  expect(statements.filter((sql) => sql.includes('FROM "user"'))).toEqual([]);
  await other.stop();
});
