import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json as readJson } from 'node:stream/consumers';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/app.ts';
import { answerTo, dial } from '../support/bytes.ts';
import { attempt, group, mutation, send } from '../support/documents.ts';
import { until } from '../support/until.ts';

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

describe('an invalid request', () => {
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

  test('is counted if it has no Content-Length', async () => {
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

  test('without an end is read for a limited time, and then its connection is closed', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    const endless = await dial(server.app.port);
    let answer = '';
    endless.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    endless.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    let sent = 0;
    while (!endless.closed && sent < 1_000) {
      sent += 1;
      if (!endless.write(chunk)) await new Promise((resolve) => endless.once('drain', resolve).once('close', resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(endless.closed || endless.readableEnded).toBe(true);
    expect(sent).toBeLessThan(1_000);
    expect(answer === '' || answer.startsWith('HTTP/1.1 413 ')).toBe(true);
    const announced = await answerTo(server.app.port, `${head}Content-Length: 1000000000000\r\n\r\n{`);
    expect(announced).toMatch(/^HTTP\/1\.1 413 [^]*BAD_REQUEST/);
  });

  test('is not recognised by the case of its media type, and is refused if it is compressed', async () => {
    const query = '{"query":"{ __typename }"}';
    for (const type of ['Application/JSON', 'application/json; Charset=UTF-8', 'APPLICATION/JSON']) {
      expect(await (await post(query, { 'content-type': type })).json()).toEqual({ data: { __typename: 'Query' } });
    }
    const zipped = await post(query, { ...json, 'content-encoding': 'gzip' });
    expect(zipped.status).toBe(415);
    expect(await zipped.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('such as a subscription in a batch is refused, alone of its batch, and opens nothing', async () => {
    const subscription = { query: 'subscription { events { __typename } }' };
    const answer = await post(JSON.stringify([subscription, { query: '{ __typename }' }]), {
      ...json,
      authorization: `Bearer ${ada.token}`,
    });
    expect(await answer.json()).toMatchObject([
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
      { data: { __typename: 'Query' } },
    ]);
    expect(server.app.fanout.size().subscribers).toBe(0);
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

  test('accepts the origins of the list', async () => {
    const { headers } = await preflight(ORIGIN);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const allowed = headers.get('access-control-allow-headers')!.toLowerCase().split(/, ?/);
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']));
    const answer = await post('{"query":"{ __typename }"}', { ...json, origin: ORIGIN });
    expect(answer.headers.get('access-control-expose-headers')).toBe('Idempotency-Replayed, X-Request-Id');
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

describe('headers', () => {
  const asked: [what: string, path: string, headers: Record<string, string>, csp: RegExp, cached: RegExp][] = [
    ['an answer of the API', '/graphql?query={__typename}', {}, /^default-src 'none'; base-uri/, /^no-store$/],
    ['a refusal of the API', '/graphql?query={', {}, /^default-src 'none'; base-uri/, /^no-store$/],
    ['GraphiQL', '/graphql', { accept: 'text/html' }, /worker-src/, /^no-store$/],
    ['the health report', '/health', {}, /^default-src 'none'; base-uri/, /^no-store$/],
    ['a path that is none', '/none', {}, /^default-src 'none'; base-uri/, /^no-store$/],
    ['the page', '/', {}, /script-src 'self'; style-src 'self'/, /^no-cache$/],
    ['a page of a chat', '/chats/x', { accept: 'text/html,*/*' }, /script-src 'self'; style-src 'self'/, /^no-cache$/],
    ['a file of the application', '/assets/app-1.js', {}, /script-src 'self'/, /^public, max-age=31536000, immutable$/],
  ];
  let web: TestServer;
  let webRoot: string;
  beforeAll(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'parley-web-'));
    await mkdir(join(webRoot, 'assets'));
    await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Parley</title>');
    await writeFile(join(webRoot, 'assets', 'app-1.js'), 'export {};');
    web = await startTestServer({ database: server.database, webRoot });
  });
  afterAll(async () => {
    await web.stop();
    await rm(webRoot, { recursive: true });
  });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, web.url), { headers });

  test.each(asked)('of security and of caching are on %s', async (_, path, headers, csp, cached) => {
    const response = await get(path, headers);
    expect(response.headers.get('content-security-policy')).toMatch(csp);
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toMatch(cached);
  });

  test('say that answers depend on the origin, with or without one', async () => {
    for (const origin of [ORIGIN, 'https://evil.example', undefined]) {
      const { headers } = await post('{"query":"{ __typename }"}', { ...json, ...(origin && { origin }) });
      expect(headers.get('vary')).toMatch(/origin/i);
    }
  });

  test('let a browser reuse the page that it has', async () => {
    const page = await get('/');
    expect(await page.text()).toContain('<title>Parley</title>');
    const again = await get('/', { 'if-none-match': page.headers.get('etag')! });
    expect(again.status).toBe(304);
  });

  test('make a path that is no page of the application 404, except for a browser that opens a page', async () => {
    const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const path of [
      '/new',
      '/mentions',
      '/chats',
      '/chats/x',
      '/chats/x/details',
      '/settings',
      '/settings/profile',
    ]) {
      expect({ path, status: (await get(path, html)).status }).toEqual({ path, status: 200 });
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 404 });
    }
    for (const path of [
      '/metrics',
      '/parley/graphql?query={__typename}',
      '/.env',
      '/health/x',
      '/assets/none.js',
      '/newer',
    ]) {
      expect({ path, status: (await get(path, html)).status }).toEqual({ path, status: 404 });
    }
    for (const path of ['/health', '/healthz', '/health/live', '/livez', '/health/ready', '/readyz']) {
      const response = await get(path);
      expect({ path, type: response.headers.get('content-type') }).toEqual({ path, type: 'application/json' });
    }
  });
});

test('a connection is kept open longer than load balancers keep theirs', async () => {
  const keeping = await startTestServer({ database: server.database, keepAliveMs: 75_000 });
  const { headers } = await fetch(keeping.url.replace('graphql', 'health/live'));
  expect(headers.get('keep-alive')).toBe('timeout=75');
  await keeping.stop();
});

test('an error of the server does not reveal internals', async () => {
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

test('one operation may not cost more than the limit', async () => {
  const chat = await group(ada);
  await send(ada, chat);
  const deep = `{ chats { edges { node { ${'messages { edges { node { chat { '.repeat(8)}id${' } } } }'.repeat(8)} } } } }`;
  expect(await ada.request(deep)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  const wide = `{ ${Array.from({ length: 2_000 }, (_, i) => `a${i}: chats { edges { node { members { edges { node { user { id } } } } } } }`).join(' ')} }`;
  expect(await ada.request(wide)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  expect(await attempt(ada, 'sendMessage', { chatId: chat.id, content: 'x' })).toMatchObject({ content: 'x' });
});

test('GraphiQL is served by the server itself', async () => {
  const response = await fetch(server.url, { headers: { accept: 'text/html' } });
  const page = await response.text();
  expect(response.headers.get('content-type')).toMatch(/text\/html/);
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('the result of a mutation has nothing that was not selected', async () => {
  const answer = await ada.request(mutation('createChat'), { input: { kind: 'GROUP', memberIds: [] } });
  expect(Object.keys(answer).toSorted()).toEqual(['data', 'headers', 'status']);
});

test('health shows only readiness unless the operator allows more', async () => {
  const closed = await startTestServer({ hasHealthDetails: false });
  onTestFinished(closed.stop);
  const bodies = async ({ url }: TestServer, path: string) => (await fetch(new URL(path, url))).json();
  await until(async () => ((await bodies(closed, '/health')) as { ready: boolean }).ready);
  for (const path of ['/health', '/healthz', '/health/ready', '/readyz', '/health/live', '/livez']) {
    expect(await bodies(closed, path)).toEqual({ ready: true });
  }
  expect(await bodies(server, '/health')).toMatchObject({ feeds: expect.any(Number), redis: expect.anything() });
  expect(Object.keys((await bodies(server, '/health/ready')) as object)).toEqual(['ready']);
});

test('a server that is about to stop reports that it is not ready, and serves until then', async () => {
  const leaving = await startTestServer({ database: server.database, shutdownDelayMs: 1_000 });
  const ready = () => fetch(leaving.url.replace('graphql', 'health/ready'));
  await until(async () => (await ready()).status === 200);
  const stopped = leaving.stop();
  expect((await ready()).status).toBe(503);
  expect((await fetch(leaving.url.replace('graphql', 'health/live'))).status).toBe(200);
  expect(await ada.at(leaving).ask('{ viewer { username } }')).toEqual({ username: ada.username });
  await stopped;
  await expect(ready()).rejects.toThrow();
});
