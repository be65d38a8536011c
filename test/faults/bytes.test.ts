import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { secret } from '../support/app.ts';
import { answerTo, dial, openFiles, resetAfter, upgradeTo } from '../support/bytes.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** Loading a process takes long on a busy machine. */
const PROCESS_START = 120_000;

let server: ServerProcess;
let filesBefore: number;

beforeAll(async () => {
  const { url } = inject('database') as { url: string };
  server = await startServerProcess({
    DATABASE_URL: url,
    REDIS_URL: inject('redisUrl')!,
    JWT_SECRET: secret,
    MAX_CONNECTIONS: '300',
    HANDSHAKE_MS: '2000',
  });
  await isWell(20_000);
  filesBefore = await openFiles(server.pid);
}, PROCESS_START);
afterAll(async () => {
  await server.kill();
});

/** Expects that the process lives and answers other clients. */
async function isWell(ms = 5_000): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}/health/live`, { signal: AbortSignal.timeout(ms) });
  expect(response.status).toBe(200);
  await response.text();
}

/** Nothing is kept of closed connections. The connection pools may hold a few files more or less. */
const filesAreBack = (deadline = 10_000) =>
  until(
    async () => (await openFiles(server.pid)) <= filesBefore + 12,
    () => `the open files back to ${filesBefore}`,
    deadline,
  );

const plain = (method: string, path: string, headers: Record<string, string> = {}, body = ''): string =>
  [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries({ Host: 'localhost', Connection: 'close', ...headers }).map((header) => header.join(': ')),
    '',
    body,
  ].join('\r\n');
const json = (body: string) => ({ 'Content-Type': 'application/json', 'Content-Length': String(body.length) });

test('a reset during an upgrade, at any path and moment, ends only that connection', async () => {
  for (const path of ['/foo', '/ws', '/', '/graphql', '/health']) {
    for (const ms of [0, 0, 0, 1, 5, 20, 50]) await resetAfter(server.port, upgradeTo(path), ms);
  }
  await Promise.all(Array.from({ length: 200 }, (_, i) => resetAfter(server.port, upgradeTo('/foo'), i % 10)));
  await isWell();
  await filesAreBack();
  expect(await answerTo(server.port, upgradeTo('/foo'))).toMatch(/^HTTP\/1\.1 404 /);
});

const targets = [
  '//',
  '///',
  '//[',
  '/\\\\',
  '//graphql',
  '/%',
  '/%00',
  '*',
  'http://[/graphql',
  'x',
  '/graphql/../x',
  `/${'x'.repeat(10_000)}`,
];

test('a request target that is not a path, with an upgrade or without one, is answered and affects nothing else', async () => {
  for (const target of targets) {
    const upgraded = await answerTo(server.port, upgradeTo(target));
    expect({ target, upgraded }).toEqual({ target, upgraded: expect.stringMatching(/^HTTP\/1\.1 40[04] /) as string });
    const asked = await answerTo(server.port, plain('GET', target));
    expect({ target, asked }).toEqual({ target, asked: expect.stringMatching(/^HTTP\/1\.1 (200|40[04]) /) as string });
  }
  await isWell();
  await filesAreBack();
});

/** The fault of each handshake, and the answer to it. */
const refused: [what: string, bytes: string, answer: RegExp][] = [
  ['no key', upgradeTo('/graphql', { 'Sec-WebSocket-Key': null }), /^HTTP\/1\.1 400 /],
  ['a bad key', upgradeTo('/graphql', { 'Sec-WebSocket-Key': 'x' }), /^HTTP\/1\.1 400 /],
  [
    'another version',
    upgradeTo('/graphql', { 'Sec-WebSocket-Version': '7' }),
    /^HTTP\/1\.1 400 [^]*Sec-WebSocket-Version: 13/,
  ],
  ['a bad protocol', upgradeTo('/graphql', { 'Sec-WebSocket-Protocol': 'a,,b' }), /^HTTP\/1\.1 400 /],
  ['another method', upgradeTo('/graphql').replace('GET', 'POST'), /^HTTP\/1\.1 400 /],
  ['another path', upgradeTo('/ws'), /^HTTP\/1\.1 404 /],
];

test.each(refused)('a handshake with %s is answered and closed', async (_, bytes, answer) => {
  expect(await answerTo(server.port, bytes)).toMatch(answer);
  // A connection is closed as well if its client never closes it, or closes it without reading.
  const silent = await Promise.all(Array.from({ length: 20 }, () => dial(server.port)));
  for (const socket of silent) socket.write(bytes);
  await filesAreBack();
  for (const socket of silent) socket.destroy();
});

test('an Upgrade to another protocol is ignored, and the request answered over HTTP/1.1', async () => {
  const h2c = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAARAAAAAAAIAAAAA' };
  const body = '{"query":"{ __typename }"}';
  const posted = plain('POST', '/graphql', { ...h2c, ...json(body) }, body);
  const probed = plain('GET', '/health/live', h2c);
  const socket = await dial(server.port);
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
  // All requests are on one connection, and the header does not end or close it.
  for (const [i, bytes] of [posted, probed, probed, posted].entries()) {
    socket.write(bytes);
    await until(
      () => answers.split('HTTP/1.1 200 OK').length === i + 2,
      () => `${i + 1} answers; there are ${answers}`,
    );
  }
  expect(answers.split('{"data":{"__typename":"Query"}}')).toHaveLength(3);
  socket.destroy();
  const chunked = plain('POST', '/graphql', {
    ...h2c,
    'Content-Type': 'application/json',
    'Transfer-Encoding': 'chunked',
  });
  const parts = await dial(server.port);
  parts.on('data', (chunk: Buffer) => (answers += chunk.toString()));
  answers = '';
  for (const part of [
    chunked,
    `5\r\n${body.slice(0, 5)}\r\n`,
    `${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`,
  ]) {
    parts.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(
    () => answers.includes('{"data":{"__typename":"Query"}}'),
    () => `the answer to a chunked body; there is ${answers}`,
  );
  parts.destroy();
});

test('an invalid Host is 400, and no answer reveals internals', async () => {
  const answers = await Promise.all(
    ['a:99999', '%', '[', 'a b', '[::1', 'x:y'].flatMap((Host) => [
      answerTo(server.port, plain('GET', '/graphql?query={__typename}', { Host })),
      answerTo(server.port, plain('POST', '/graphql', { Host, ...json('{}') }, '{}')),
    ]),
  );
  for (const answer of answers) {
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/node_modules|\.[jt]s:\d|TypeError/);
  }
});

test('a range that ends before it begins does not end the process', async () => {
  for (const Range of ['bytes=5-2', 'bytes=-1', 'bytes=9-1,3-1', 'bytes=x', 'bytes=0-']) {
    expect(await answerTo(server.port, plain('GET', '/', { Range }))).toMatch(/^HTTP\/1\.1 (200|404) /);
  }
  await isWell();
});

test('connections beyond the maximum are closed, and the others are served', async () => {
  const made = await Promise.all(Array.from({ length: 400 }, () => dial(server.port)));
  let answered = 0;
  for (const socket of made) {
    socket.once('data', () => answered++);
    socket.write(plain('GET', '/health/live', { Connection: 'keep-alive' }));
  }
  const closed = () => made.filter((socket) => socket.readableEnded || socket.closed).length;
  await until(
    () => answered + closed() >= 400,
    () => `an end or an answer for each; ${answered} are answered, ${closed()} closed`,
  );
  // A few of the 300 belong to other clients.
  expect(answered).toBeGreaterThan(280);
  expect(answered).toBeLessThanOrEqual(300);
  for (const socket of made) socket.destroy();
  await filesAreBack();
  await isWell();
});

test('a connection whose request does not arrive is closed, and so is its file', async () => {
  const half = await Promise.all(Array.from({ length: 100 }, () => dial(server.port)));
  for (const socket of half.slice(50)) socket.write('POST /graphql HTTP/1.1\r\nHost: local');
  await filesAreBack();
  for (const socket of half) socket.destroy();
});

/** A generator of numbers in [0, 1) that are the same in every run, so that a failure can be repeated. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

test(
  'with all of these at once the process lives, answers within a second, and closes its files',
  { timeout: 60_000 },
  async () => {
    const next = numbers(42);
    const oneOf = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    const odd = () => Buffer.from(Array.from({ length: 1 + next() * 40 }, () => next() * 256)).toString('latin1');
    const makers: (() => string)[] = [
      () => upgradeTo(oneOf(targets)),
      () => oneOf(refused)[1],
      () =>
        upgradeTo(oneOf(['/graphql', '/health', '/']), { Upgrade: oneOf(['h2c', 'TLS/1.0', 'websocket, h2c', '']) }),
      () =>
        plain(oneOf(['GET', 'POST', 'OPTIONS', 'CONNECT', 'TRACE', 'BREW']), oneOf(targets), {
          Host: oneOf(['x', '%', '[', 'a:99999']),
        }),
      () => plain('POST', '/graphql', json('x'.repeat(50)), '{"query":"'),
      () => odd(),
      // A complete request in which some bytes are replaced.
      () =>
        upgradeTo('/graphql').replaceAll(/[a-zA-Z:]/g, (letter) =>
          next() < 0.05 ? oneOf(['\0', ' ', '\r', '\x80', ':', '[']) : letter,
        ),
      () => upgradeTo('/graphql') + odd(),
      () => `${upgradeTo('/graphql')}\x81\x85\0\0\0\0{"a":`,
    ];
    let slowest = 0;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const begun = performance.now();
        await isWell();
        slowest = Math.max(slowest, performance.now() - begun);
      }
    })();
    for (let round = 0; round < 40; round++) {
      await Promise.all(
        Array.from({ length: 50 }, () => resetAfter(server.port, oneOf(makers)(), oneOf([0, 0, 1, 5, 20, 50]))),
      );
    }
    isOver = true;
    await watching;
    expect(slowest).toBeLessThan(1_000);
    await filesAreBack();
  },
);
