import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { attempt, group, mutation, send } from './support/documents.ts';

const ORIGIN = 'https://chat.example';
let server: TestServer;
let ada: TestUser;

beforeAll(async () => {
  server = await startTestServer({ corsOrigins: [ORIGIN, 'https://other.example'] });
  ada = await server.user('ada');
});
afterAll(() => server.stop());

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json) =>
  fetch(server.url, { method: 'POST', headers, body });

test.each(serverAudits({ url: () => server.url }))('GraphQL over HTTP: $name', async (audit) => {
  expect(await audit.fn()).toMatchObject({ status: 'ok' });
});

describe('a request that is none', () => {
  test.each([
    ['no body', ''],
    ['no JSON', '{"query":'],
    ['a string', '"{ viewer { id } }"'],
    ['null', 'null'],
    ['no query', '{}'],
    ['a query that is a number', '{"query":1}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}'],
    ['no GraphQL', '{"query":"{"}'],
    ['an unknown field', '{"query":"{ nothing }"}'],
    ['an unknown operation', '{"query":"query A { __typename }","operationName":"B"}'],
    ['no operation', '{"query":"fragment F on Query { __typename }"}'],
    ['a missing variable', '{"query":"query ($id: ID!) { chat(id: $id) { id } }"}'],
    ['an argument of another type', '{"query":"{ chats(first: 1.5) { edges { cursor } } }"}'],
    ['a batch of eleven', JSON.stringify(Array(11).fill({ query: '{ __typename }' }))],
  ])('such as %s, is BAD_REQUEST', async (_, body) => {
    const response = await post(body, { ...json, accept: 'application/graphql-response+json' });
    const answer = (await response.json()) as object;
    expect(response.status).toBeLessThan(500);
    const [first] = Array.isArray(answer) ? (answer as object[]) : [answer];
    expect(first).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|\.ts:|stack/);
  });

  test('is refused beyond 2 MiB', async () => {
    const response = await post(
      JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(2 * 1024 * 1024) } }),
    );
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('is counted where it does not tell its length', async () => {
    const chunked = async (...texts: string[]) => {
      const sending = request(server.url, { method: 'POST', headers: json });
      for (const text of texts) sending.write(text);
      sending.end();
      const [response] = (await once(sending, 'response')) as [IncomingMessage];
      return { status: response.statusCode, answer: await readJson(response) };
    };
    expect(await chunked('{"query":"{ __ty', 'pename }"}')).toEqual({
      status: 200,
      answer: { data: { __typename: 'Query' } },
    });
    const many = Array<string>(300).fill('x'.repeat(8192));
    expect(await chunked('{"query":"{ __typename }","variables":{"x":"', ...many, '"}}')).toMatchObject({
      status: 413,
      answer: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    });
  });

  test('may be a batch of ten', async () => {
    const response = await post(JSON.stringify(Array(10).fill({ query: '{ __typename }' })));
    expect(await response.json()).toEqual(Array(10).fill({ data: { __typename: 'Query' } }));
  });
});

test('queries may be sent by GET, mutations not', async () => {
  const get = (query: string) =>
    fetch(`${server.url}?${new URLSearchParams({ query }).toString()}`, {
      headers: { authorization: `Bearer ${ada.token}` },
    });
  expect(await (await get('{ viewer { username } }')).json()).toEqual({ data: { viewer: { username: ada.username } } });
  const refused = await get('mutation { createChat(input: { kind: GROUP, memberIds: [] }) { __typename } }');
  expect(refused.status).toBe(405);
  expect(await ada.ask('{ chats { edges { cursor } } }')).toEqual({ edges: [] });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(server.url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,idempotency-key,content-type',
      },
    });

  test('lets in whom the list names', async () => {
    const { headers } = await preflight(ORIGIN);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const allowed = headers.get('access-control-allow-headers')!.toLowerCase().split(/, ?/);
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']));
    const answer = await post('{"query":"{ __typename }"}', { ...json, origin: ORIGIN });
    expect(answer.headers.get('access-control-expose-headers')).toBe('Idempotency-Replayed');
    expect(answer.headers.get('vary')).toMatch(/origin/i);
  });

  test.each(['https://evil.example', 'null', 'https://chat.example.evil.example', 'http://chat.example'])(
    'keeps %s out',
    async (origin) => {
      const { headers } = await preflight(origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
    },
  );
});

test('an error of the server’s tells nothing of its inside', async () => {
  const statement = () => Promise.reject(new Error('SELECT secret FROM "user" at /srv/parley/x.ts:1'));
  const broken = await startTestServer({ database: { ...server.database, statement } });
  const answer = await ada.at(broken).request('{ viewer { id } }');
  expect(answer).toMatchObject({
    data: { viewer: null },
    errors: [{ path: ['viewer'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
  });
  expect(JSON.stringify(answer)).not.toMatch(/secret|SELECT|srv|stack/);
  await broken.stop();
});

test('one operation may not cost more than the server gives', async () => {
  const chat = await group(ada);
  await send(ada, chat);
  const deep = `{ chats { edges { node { ${'messages { edges { node { chat { '.repeat(8)}id${' } } } }'.repeat(8)} } } } }`;
  expect(await ada.request(deep)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  const wide = `{ ${Array.from({ length: 2_000 }, (_, i) => `a${i}: chats { edges { node { members { edges { node { user { id } } } } } } }`).join(' ')} }`;
  expect(await ada.request(wide)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  expect(await attempt(ada, 'sendMessage', { chatId: chat.id, content: 'x' })).toMatchObject({ content: 'x' });
});

test('GraphiQL comes from the server itself', async () => {
  const response = await fetch(server.url, { headers: { accept: 'text/html' } });
  const page = await response.text();
  expect(response.headers.get('content-type')).toMatch(/text\/html/);
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('a mutation’s answer says nothing that was not asked', async () => {
  const answer = await ada.request(mutation('createChat'), { input: { kind: 'GROUP', memberIds: [] } });
  expect(Object.keys(answer).toSorted()).toEqual(['data', 'headers', 'status']);
});
