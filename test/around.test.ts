import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeId } from '../src/graphql/ids.ts';
import { silent, startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { direct, does, send, type Chat, type Message } from './support/documents.ts';
import { countStatements } from './support/statements.ts';

interface Page {
  edges: { cursor: string; node: { id: string; position: number } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

let server: TestServer;
let ada: TestUser;
let grace: TestUser;
let chat: Chat;
const sent: Message[] = [];

beforeAll(async () => {
  server = await startTestServer(silent);
  [ada, grace] = [await server.user('ada'), await server.user('grace')];
  chat = await direct(ada, grace);
  for (let i = 0; i < 9; i++) {
    const message = await send(ada, chat, String(i));
    sent.push(message);
    // Positions between those of messages belong to other events.
    if (i % 3 === 0) await does(ada, 'editMessage', { messageId: message.id, content: 'edited' });
  }
});
afterAll(() => server.stop());

const PAGE = 'edges { cursor node { id position } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const QUERY = `query ($id: ID!, $around: MessageAnchor, $first: Int, $last: Int, $after: String, $before: String) {
  chat(id: $id) { messages(around: $around, first: $first, last: $last, after: $after, before: $before) { ${PAGE} } } }`;
const read = async (args: object, id = chat.id): Promise<Page> =>
  (await ada.ask<{ messages: Page }>(QUERY, { id, ...args })).messages;
const refusal = async (args: object) => {
  const { errors } = await ada.request(QUERY, { id: chat.id, ...args });
  return errors?.map(({ message, extensions }) => `${extensions.code} ${message}`);
};

/** The expected page of this size around the message at this index. */
function expected(index: number, size: number): object {
  const [start, end] = [Math.max(index - Math.floor(size / 2), 0), Math.min(index + Math.ceil(size / 2), sent.length)];
  const shown = sent.slice(start, end);
  return {
    edges: shown.map(({ id, position }) => ({ cursor: expect.any(String) as string, node: { id, position } })),
    pageInfo: {
      hasPreviousPage: start > 0,
      hasNextPage: end < sent.length,
      startCursor: expect.any(String) as string,
      endCursor: expect.any(String) as string,
    },
  };
}

test.each([1, 2, 3, 4, 7, 18, 100])(
  'a page of %i has half of its messages before the anchor, and half from the anchor on',
  async (first) => {
    for (const [index, { id, position, createdAt }] of sent.entries()) {
      for (const around of [{ messageId: id }, { position }, { date: createdAt }]) {
        expect(await read({ first, around }), JSON.stringify(around)).toEqual(expected(index, first));
      }
    }
  },
);

test('a position or a time between two messages stands for the next message', async () => {
  const between = sent[3]!.position + 1;
  expect(between).toBeLessThan(sent[4]!.position);
  expect(await read({ first: 4, around: { position: between } })).toEqual(expected(4, 4));
  const date = new Date(Date.parse(sent[4]!.createdAt) - 1).toISOString();
  const index = sent.findIndex(({ createdAt }) => createdAt >= date);
  expect(await read({ first: 4, around: { date } })).toEqual(expected(index, 4));
});

test.each([
  { position: 0 },
  { position: -5 },
  { date: '1970-01-01T00:00:00.000Z' },
  { date: '0000-01-01T00:00:00.000Z' },
])('around %j, before the first message, the page is the first half', async (around) => {
  expect(await read({ first: 4, around })).toEqual(expected(0, 4));
});

test.each([{ position: 2_147_483_647 }, { date: '9999-12-31T23:59:59.999Z' }])(
  'around %j, after the last message, the page is the newest one',
  async (around) => {
    const newest = await read({ last: 4 });
    expect(await read({ first: 4, around })).toEqual(newest);
    expect(await read({ first: 100, around })).toMatchObject({
      pageInfo: { hasPreviousPage: false, hasNextPage: false },
    });
  },
);

test('the cursors of the page lead to the neighbouring pages', async () => {
  const page = await read({ first: 3, around: { messageId: sent[4]!.id } });
  const [older, newer] = [
    await read({ last: 2, before: page.pageInfo.startCursor }),
    await read({ first: 2, after: page.pageInfo.endCursor }),
  ];
  const ids = [...older.edges, ...page.edges, ...newer.edges].map(({ node }) => node.id);
  expect(ids).toEqual(sent.slice(1, 8).map(({ id }) => id));
});

test('a chat without messages has an empty page', async () => {
  const empty = await direct(ada, await server.user());
  for (const around of [{ position: 1 }, { date: '2030-01-01T00:00:00.000Z' }])
    expect(await read({ around }, empty.id)).toMatchObject({ edges: [], pageInfo: { startCursor: null } });
});

test('an invalid anchor is refused with a reason', async () => {
  const other = await direct(ada, await server.user());
  const { id } = await send(ada, other);
  const unknown = encodeId('Message', '3f333df6-90a4-4fda-8dd3-9485d27cee36');
  for (const messageId of [id, unknown, 'x', '', chat.id]) {
    expect(await refusal({ around: { messageId } })).toEqual([
      'BAD_REQUEST around.messageId: no message of this chat has this id.',
    ]);
  }
  const around = { position: 1 };
  for (const [args, names] of [
    [{ last: 1 }, 'last'],
    [{ after: 'x' }, 'after'],
    [{ first: 1, before: 'x' }, 'before'],
    [{ last: 1, after: 'x', before: 'x' }, 'last, after, before'],
  ] as const) {
    expect(await refusal({ around, ...args })).toEqual([
      `BAD_REQUEST around, ${names}: give \`around\` with \`first\` only.`,
    ]);
  }
  for (const first of [0, -1, 101])
    expect(await refusal({ around, first })).toEqual(['BAD_REQUEST first: must be 1–100.']);
  for (const both of [{}, { position: 1, messageId: id }, { position: null }, { date: 'yesterday' }])
    expect(await refusal({ around: both })).toEqual([expect.stringMatching(/^BAD_REQUEST /)]);
});

test('pages of many chats around different anchors take one statement for each page size', async () => {
  for (let i = 0; i < 3; i++) await send(ada, await direct(ada, await server.user()));
  const around = (anchor: string, first: number) => `messages(first: ${first}, around: ${anchor}) { ${PAGE} }`;
  const date = '{ date: "2020-01-01T00:00:00.000Z" }';
  const query = (third: number) =>
    `{ chats { edges { node { a: ${around('{ position: 1 }', 5)} b: ${around(date, 5)} c: ${around(date, third)} } } } }`;
  expect(await countStatements(() => ada.ask(query(5)))).toBe(2);
  expect(await countStatements(() => ada.ask(query(6)))).toBe(3);
});
