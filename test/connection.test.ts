import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { add, direct, does, group, remove, send, type Chat } from './support/documents.ts';

interface Connection {
  edges: { cursor: string; node: { key: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}
interface PageArgs {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

let server: TestServer;
let ada: TestUser;
let term: string;
/** The names of the connections' rows, in order. */
let whole: string[];
let chat: Chat;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const PAGE = 'edges { cursor node { %s } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const ARGS = 'first: $first, after: $after, last: $last, before: $before';
const VARIABLES = '$first: Int, $after: String, $last: Int, $before: String';

/** For each connection: how to read a page, and how to create seven rows. */
const connections = {
  messages: {
    query: `query ($id: ID!, ${VARIABLES}) { chat(id: $id) { connection: messages(${ARGS}) { ${PAGE.replace('%s', 'key: content')} } } }`,
    variables: () => ({ id: chat.id }),
    async fill() {
      chat = await direct(ada, await server.user());
      const contents = letters();
      for (const content of contents) await send(ada, chat, content);
      return contents;
    },
  },
  members: {
    query: `query ($id: ID!, ${VARIABLES}) { chat(id: $id) { connection: members(${ARGS}) { ${PAGE.replace('%s', 'user { username }')} } } }`,
    variables: () => ({ id: chat.id }),
    async fill() {
      chat = await group(ada);
      const users = [ada];
      while (users.length < 7) {
        const [user] = [await server.user()];
        await add(ada, chat, user);
        users.push(user);
      }
      return users.map(({ username }) => username);
    },
  },
  chats: {
    query: `query (${VARIABLES}) { connection: chats(${ARGS}) { ${PAGE.replace('%s', 'key: title')} } }`,
    variables: () => ({}),
    async fill() {
      const titles = letters();
      for (const title of titles) await does(ada, 'createChat', { kind: 'GROUP', title, memberIds: [] });
      return titles.toReversed();
    },
  },
  users: {
    query: `query ($search: String!, ${VARIABLES}) { connection: users(search: $search, ${ARGS}) { ${PAGE.replace('%s', 'key: username')} } }`,
    variables: () => ({ search: term }),
    async fill() {
      term = randomUUID().slice(0, 8);
      const usernames = letters().map((letter) => `${letter}_${term}`);
      for (const username of usernames.toReversed())
        await server.database.db.user.create({ data: { username, displayName: 'X' } });
      return usernames;
    },
  },
};
const letters = () => [...'abcdefg'];

type Name = keyof typeof connections;
const names = Object.keys(connections) as Name[];

async function read(name: Name, args: PageArgs): Promise<Connection> {
  const { query, variables } = connections[name];
  const answer = await ada.ask<{ connection: Connection } | Connection>(query, { ...variables(), ...args });
  return 'connection' in answer ? answer.connection : answer;
}
const keys = ({ edges }: Connection) =>
  edges.map(({ node }) => ('user' in node ? (node.user as { username: string }).username : node.key));

describe.each(names)('the connection %s', (name) => {
  beforeEach(async () => {
    ada = await server.user('ada');
    whole = await connections[name].fill();
  });

  test('has the same rows when it is read in pages, forwards and backwards', async () => {
    const all = await read(name, {});
    expect(keys(all)).toEqual(whole);
    expect(all.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: all.edges[0]!.cursor,
      endCursor: all.edges[6]!.cursor,
    });

    const forward = [await read(name, { first: 3 })];
    while (forward.at(-1)!.pageInfo.hasNextPage)
      forward.push(await read(name, { first: 3, after: forward.at(-1)!.pageInfo.endCursor }));
    expect(forward.map(keys)).toEqual([whole.slice(0, 3), whole.slice(3, 6), whole.slice(6)]);
    expect(forward.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, true, true]);

    const backward = [await read(name, { last: 3 })];
    while (backward[0]!.pageInfo.hasPreviousPage)
      backward.unshift(await read(name, { last: 3, before: backward[0]!.pageInfo.startCursor }));
    expect(backward.map(keys)).toEqual([whole.slice(0, 1), whole.slice(1, 4), whole.slice(4)]);
    expect(backward.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect([forward, backward].map((pages) => pages.flatMap(({ edges }) => edges))).toEqual([all.edges, all.edges]);
  });

  test('says exactly whether there are more rows', async () => {
    expect((await read(name, { first: 7 })).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect((await read(name, { last: 7 })).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect((await read(name, { first: 6 })).pageInfo.hasNextPage).toBe(true);
    expect((await read(name, { last: 6 })).pageInfo.hasPreviousPage).toBe(true);
    const { edges } = await read(name, {});
    expect(await read(name, { first: 3, after: edges[6]!.cursor })).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
    const between = { after: edges[1]!.cursor, before: edges[5]!.cursor };
    expect(keys(await read(name, { first: 2, ...between }))).toEqual(whole.slice(2, 4));
    expect(keys(await read(name, { last: 2, ...between }))).toEqual(whole.slice(3, 5));
    expect(keys(await read(name, { first: 50, ...between }))).toEqual(whole.slice(2, 5));
  });

  test('refuses invalid page arguments, and cursors of other connections', async () => {
    const foreign = await foreignCursors(name);
    const forged = [
      'x',
      '',
      '[]',
      'null',
      `["${name}"]`,
      `["${name}",null]`,
      `["${name}",9007199254740991]`,
      `["${name}",1.5]`,
      `["${name}","a\\u0000"]`,
      `["${name}",[99999999999,"3f333df6-90a4-4fda-8dd3-9485d27cee36"]]`,
      `["${name}",["2026-02-30T00:00:00Z","x"]]`,
      `["${name}",["2026-01-30T00:00:00.000Z","3f333df6"]]`,
    ].map((text) => Buffer.from(text).toString('base64url'));
    const refused: PageArgs[] = [
      ...[0, -1, 101, 2 ** 31 - 1].flatMap((size) => [{ first: size }, { last: size }]),
      { first: 1, last: 1 },
      ...[...foreign, ...forged, 'no cursor', '"'].flatMap((cursor) => [
        { first: 1, after: cursor },
        { last: 1, before: cursor },
      ]),
    ];
    const { query, variables } = connections[name];
    for (const args of refused) {
      const { errors } = await ada.request(query, { ...variables(), ...args });
      expect({ args, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
        args,
        codes: ['BAD_REQUEST'],
      });
    }
    expect(keys(await read(name, { first: null, last: null, after: null, before: null }))).toEqual(whole);
    expect(keys(await read(name, { first: 100 }))).toEqual(whole);
    expect(keys(await read(name, { last: 1 }))).toEqual(whole.slice(6));
  });
});

/** Cursors of the other connections. */
async function foreignCursors(name: Name): Promise<string[]> {
  const own = { chat, term };
  const cursors: string[] = [];
  for (const other of names.filter((other) => other !== name)) {
    await connections[other].fill();
    cursors.push((await read(other, { first: 1 })).edges[0]!.cursor);
  }
  ({ chat, term } = own);
  if (name === 'chats')
    ada = await server.user().then(async (user) => ((ada = user), await connections.chats.fill(), user));
  return cursors;
}

describe('while rows are added and removed', () => {
  beforeEach(async () => {
    ada = await server.user('ada');
  });

  test('a page of messages does not move', async () => {
    await connections.messages.fill();
    const newest = await read('messages', { last: 3 });
    for (const content of ['h', 'i']) await send(ada, chat, content);

    expect(keys(await read('messages', { last: 3, before: newest.pageInfo.startCursor }))).toEqual(['b', 'c', 'd']);
    expect(keys(await read('messages', { first: 5, after: newest.pageInfo.endCursor }))).toEqual(['h', 'i']);
  });

  test('members who leave do not hide others from later pages', async () => {
    const others = [await server.user(), await server.user(), await server.user(), await server.user()];
    chat = await group(ada);
    for (const user of others) await add(ada, chat, user);
    const names = others.map(({ username }) => username);
    const page = await read('members', { first: 3 });
    expect(keys(page)).toEqual([ada.username, ...names.slice(0, 2)]);

    await remove(ada, chat, others[0]!);
    await remove(ada, chat, others[1]!);
    expect(keys(await read('members', { first: 3, after: page.pageInfo.endCursor }))).toEqual(names.slice(2));
    await add(ada, chat, others[0]!);
    expect(keys(await read('members', {}))).toEqual([ada.username, names[2], names[3], names[0]]);
  });

  test('chats with the latest activity come first, and chats that were left or deleted are missing', async () => {
    const grace = await server.user('grace');
    const made: Record<string, Chat> = {};
    for (const title of letters())
      made[title] = await does(ada, 'createChat', { kind: 'GROUP', title, memberIds: [grace.id] });
    await send(grace, made.c!);
    await send(ada, made.a!);
    expect(keys(await read('chats', {}))).toEqual(['a', 'c', 'g', 'f', 'e', 'd', 'b']);

    const page = await read('chats', { first: 3 });
    await send(ada, made.e!);
    await does(ada, 'deleteChat', { chatId: made.g!.id });
    await remove(ada, made.c!, ada);
    // Rows that moved to the front are not repeated, and the remaining ones are not skipped.
    expect(keys(await read('chats', { first: 3, after: page.pageInfo.endCursor }))).toEqual(['f', 'd', 'b']);
    expect(keys(await read('chats', {}))).toEqual(['e', 'a', 'f', 'd', 'b']);
  });

  test('edits, reactions, titles and new members do not count as activity', async () => {
    const [first, second] = [await group(ada), await group(ada)];
    const message = await send(ada, first);
    const { lastActivityAt } = await send(ada, second).then(() =>
      ada.ask<Chat>('query ($id: ID!) { chat(id: $id) { lastActivityAt } }', { id: first.id }),
    );
    await does(ada, 'editMessage', { messageId: message.id, content: 'x' });
    await does(ada, 'addReaction', { messageId: message.id, emoji: '👍' });
    await does(ada, 'updateChat', { chatId: first.id, title: 'x' });
    await add(ada, first, await server.user());
    await does(ada, 'deleteMessage', { messageId: message.id });
    expect(await ada.ask('{ chats { edges { node { id } } } }')).toEqual({
      edges: [{ node: { id: second.id } }, { node: { id: first.id } }],
    });
    expect(await ada.ask('query ($id: ID!) { chat(id: $id) { lastActivityAt } }', { id: first.id })).toEqual({
      lastActivityAt,
    });
  });
});

describe('messages', () => {
  test('without first and last are the newest 50, oldest first', async () => {
    ada = await server.user('ada');
    chat = await direct(ada, await server.user());
    const contents = Array.from({ length: 52 }, (_, i) => String(i));
    for (const content of contents) await send(ada, chat, content);
    const page = await read('messages', {});
    expect(keys(page)).toEqual(contents.slice(2));
    expect(page.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    expect(keys(await read('messages', { before: page.pageInfo.startCursor }))).toEqual(['0', '1']);
  });
});

test('several pages of one chat in one query are independent', async () => {
  ada = await server.user('ada');
  chat = await direct(ada, await server.user());
  for (const content of letters()) await send(ada, chat, content);
  const page = 'edges { node { content } }';
  const answer = await ada.ask<Record<string, { content?: string; edges?: { node: { content: string } }[] }>>(
    `query ($id: ID!) { chat(id: $id) {
      last: messages(last: 1) { ${page} } two: messages(last: 2) { ${page} } first: messages(first: 1) { ${page} }
      lastMessage { content } } }`,
    { id: chat.id },
  );
  const contents = Object.entries(answer).map(([name, { content, edges }]) => [
    name,
    content ?? edges?.map(({ node }) => node.content).join(''),
  ]);
  expect(Object.fromEntries(contents)).toEqual({ last: 'g', two: 'fg', first: 'a', lastMessage: 'g' });
});

describe('a search for users', () => {
  const tag = randomUUID().slice(0, 6);
  const search = async (term: string) => {
    const { edges } = await ada.ask<{ edges: { node: { displayName: string } }[] }>(
      'query ($term: String!) { users(search: $term, first: 100) { edges { node { displayName } } } }',
      { term },
    );
    return edges.map(({ node }) => node.displayName).filter((name) => name.includes(tag));
  };

  beforeAll(async () => {
    ada = await server.user('ada');
    const displayNames = [
      'Under_score',
      'Under-score',
      'Underscore',
      '100% sure',
      '100 sure',
      'Back\\slash',
      'Backslash',
      "O'Brien",
      'ÄRGER',
      'émile 🎉',
    ];
    await server.database.db.user.createMany({
      data: displayNames.map((name, i) => ({ username: `search_${tag}_${i}`, displayName: `${name} ${tag}` })),
    });
  });

  test.each([
    [`r_score ${tag}`, ['Under_score']],
    [`100% s`, ['100% sure']],
    [`0% sure ${tag}`, ['100% sure']],
    [`0%`, ['100% sure']],
    [`back\\slash`, ['Back\\slash']],
    [`k\\`, ['Back\\slash']],
    [`o'brien`, ["O'Brien"]],
    [`ärger`, ['ÄRGER']],
    [`e 🎉`, ['émile 🎉']],
    ['e\u0301mile', ['émile 🎉']],
    [`  UNDERSCORE  `, ['Underscore']],
    [`search_${tag}_2`, ['Underscore']],
    [`SEARCH_${tag}_2`, ['Underscore']],
    [`search%${tag}`, []],
    [`searchx${tag}`, []],
  ])('for %j finds %j', async (term, found) => {
    expect(await search(term)).toEqual(found.map((name) => `${name} ${tag}`));
  });

  test.each(['', '   ', 'a', ' a ', '🎉', 'x'.repeat(65), 'a\0', '\ud800'])('for %j is refused', async (term) => {
    const { errors } = await ada.request('query ($term: String!) { users(search: $term) { edges { cursor } } }', {
      term,
    });
    expect(errors).toMatchObject([
      { message: 'search: must be 2–64 characters.', extensions: { code: 'BAD_REQUEST' } },
    ]);
  });
});
