import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { expiringToken, startTestServer, tokenFor, type TestServer, type TestUser } from '../support/app.ts';
import { EVENTS, group, send, type Chat } from '../support/documents.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let ada: TestUser;
let grace: TestUser;
let chat: Chat;

beforeAll(async () => {
  server = await startTestServer();
  [ada, grace] = [await server.user('ada'), await server.user('grace')];
  chat = await group(ada, grace);
});
afterAll(() => server.stop());

interface Message {
  type: string;
  id?: string;
  payload?: unknown;
}

/** A socket that sends anything, as a hostile client could. */
class RawSocket {
  static readonly all: RawSocket[] = [];
  readonly #socket: WebSocket;
  readonly received: Message[] = [];
  closed: { code: number; reason: string } | undefined;

  constructor(protocols: string[] = ['graphql-transport-ws'], url = server.url.replace('http', 'ws')) {
    RawSocket.all.push(this);
    this.#socket = new WebSocket(url, protocols);
    this.#socket.on('message', (data: Buffer) => void this.received.push(JSON.parse(data.toString()) as Message));
    this.#socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.#socket.on('error', () => undefined);
  }

  async send(message: Message | string): Promise<this> {
    await until(
      () => this.#socket.readyState !== WebSocket.CONNECTING,
      () => 'an open socket',
    );
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    return this;
  }

  async got(fits: (message: Message) => boolean): Promise<Message> {
    await until(
      () => this.received.some(fits),
      () => `a message; got ${JSON.stringify(this.received)} ${JSON.stringify(this.closed)}`,
    );
    return this.received.find(fits)!;
  }

  async close(): Promise<number> {
    await until(
      () => this.closed !== undefined,
      () => `a close; got ${JSON.stringify(this.received)}`,
    );
    return this.closed!.code;
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
afterEach(() => {
  for (const socket of RawSocket.all.splice(0)) socket.terminate();
});

const connected = async (token: string | null) => {
  const socket = new RawSocket();
  await socket.send({ type: 'connection_init', payload: token === null ? {} : { authorization: `Bearer ${token}` } });
  await until(() => socket.received.length > 0 || socket.closed !== undefined);
  return socket;
};
const subscribe = (id: string, query: string) => ({ type: 'subscribe', id, payload: { query } });
const ofId = (id: string) => (message: Message) => message.id === id;

test.each(['x', 'a.b.c', ''])('the invalid token %j closes the socket with 4403', async (token) => {
  const socket = new RawSocket();
  await socket.send({ type: 'connection_init', payload: { authorization: token && `Bearer ${token}x` } });
  if (token) expect(await socket.close()).toBe(4403);
  // A connection without a token is anonymous.
  else await socket.got(({ type }) => type === 'connection_ack');
});

test('an expired token closes the socket with 4403, on connecting and later, unless it is renewed', async () => {
  expect(await (await connected(await expiringToken(ada, -60))).close()).toBe(4403);

  const renewed = await connected(ada.token);
  await renewed.send(subscribe('live', EVENTS));
  await renewed.got(ofId('live'));
  const short = await expiringToken(ada, 2);
  for (const token of [short, ada.token]) {
    await renewed.send({ type: 'ping', payload: { authorization: `Bearer ${token}` } });
  }
  await until(() => renewed.received.filter(({ type }) => type === 'pong').length === 2);
  const lapsing = await connected(short);

  expect(await lapsing.close()).toBe(4403);
  // The same time has passed for the other socket, and its stream continues.
  const { id } = await send(grace, chat);
  await renewed.got((message) => JSON.stringify(message).includes(id));
  expect(renewed.closed).toBeUndefined();
});

test('a ping renews the token only of the same user', async () => {
  for (const authorization of [`Bearer ${await tokenFor(grace.rowId)}`, 'Bearer x']) {
    const socket = await connected(ada.token);
    await socket.send({ type: 'ping', payload: { authorization } });
    expect(await socket.close()).toBe(4403);
  }
  const socket = await connected(ada.token);
  for (const payload of [undefined, {}, { authorization: 5 }]) await socket.send({ type: 'ping', payload });
  await until(() => socket.received.filter(({ type }) => type === 'pong').length === 3);
  expect(socket.closed).toBeUndefined();
});

test('an invalid operation is answered with an error, and the socket stays open', async () => {
  const socket = await connected(ada.token);
  for (const [i, query] of [
    '{',
    '{ nothing }',
    'fragment F on Query { __typename }',
    'query ($a: Int!) { chats(first: $a) { edges { cursor } } }',
    'subscription { nothing }',
    'subscription ($id: ID!) { messageCreated(chatId: $id) { id } }',
  ].entries()) {
    await socket.send(subscribe(String(i), query));
    const { type, payload } = await socket.got(ofId(String(i)));
    const [error] =
      type === 'error'
        ? (payload as { extensions?: object }[])
        : (payload as { errors: { extensions?: object }[] }).errors;
    expect({ query, extensions: error?.extensions }).toEqual({ query, extensions: { code: 'BAD_REQUEST' } });
  }
  await socket.send(subscribe('good', '{ viewer { username } }'));
  expect(await socket.got(ofId('good'))).toMatchObject({ payload: { data: { viewer: { username: ada.username } } } });
  expect(socket.closed).toBeUndefined();
});

test('a message that breaks the protocol closes its socket, and nothing else', async () => {
  const early = await new RawSocket().send(subscribe('1', '{ viewer { id } }'));
  expect(await early.close()).toBe(4401);
  const garbled = await new RawSocket().send('no JSON');
  expect(await garbled.close()).toBe(4400);
  const twice = await connected(ada.token);
  await twice.send({ type: 'connection_init' });
  expect(await twice.close()).toBe(4429);
  const same = await connected(ada.token);
  await (await same.send(subscribe('same', EVENTS))).send(subscribe('same', EVENTS));
  expect(await same.close()).toBe(4409);
  const huge = await connected(ada.token);
  await huge.send(subscribe('1', ' '.repeat(2 * 1024 * 1024)));
  expect(await huge.close()).toBe(1009);
  expect([4406, 1006, 1002]).toContain(await new RawSocket(['graphql-ws']).close());
  expect(await new RawSocket(undefined, server.url.replace('http', 'ws').replace('graphql', 'other')).close()).toBe(
    1006,
  );

  await until(
    () => server.app.fanout.size().subscribers === 0,
    () => 'no subscriber left',
  );
  const socket = await connected(ada.token);
  expect(socket.received).toMatchObject([{ type: 'connection_ack' }]);
});

test('an operation that the client has completed sends nothing more', async () => {
  const socket = await connected(ada.token);
  await socket.send(subscribe('first', EVENTS));
  await socket.send(subscribe('second', EVENTS));
  await socket.got(ofId('first'));
  await socket.got(ofId('second'));
  await socket.send({ type: 'complete', id: 'first' });
  await until(
    () => server.app.fanout.size().subscribers === 1,
    () => 'one subscriber',
  );
  const { id } = await send(grace, chat);
  await socket.got((message) => message.id === 'second' && JSON.stringify(message).includes(id));
  expect(socket.received.filter((message) => message.id === 'first' && JSON.stringify(message).includes(id))).toEqual(
    [],
  );
});

test('a socket may have fifty operations at once, and another only after one is completed', async () => {
  const socket = await connected(ada.token);
  for (let i = 0; i < 50; i++) await socket.send(subscribe(`of ${i}`, EVENTS));
  for (let i = 0; i < 50; i++) await socket.got(ofId(`of ${i}`));
  await socket.send(subscribe('more', '{ __typename }'));
  expect(await socket.got(ofId('more'))).toMatchObject({
    type: 'error',
    payload: [{ message: expect.stringContaining('50') as string, extensions: { code: 'BAD_REQUEST' } }],
  });
  await socket.send({ type: 'complete', id: 'of 7' });
  await until(() => server.app.fanout.size().subscribers === 49);
  await socket.send(subscribe('again', '{ __typename }'));
  expect(await socket.got(ofId('again'))).toMatchObject({ payload: { data: { __typename: 'Query' } } });
  expect(socket.closed).toBeUndefined();
});

test('an operation that is completed before it starts is not started', async () => {
  const statements: string[] = [];
  const { database } = server;
  const counting: typeof database.statement = (sql) => (statements.push(sql.sql), database.statement(sql));
  const counted = await startTestServer({ database: { ...database, statement: counting } });
  const socket = new RawSocket(undefined, counted.url.replace('http', 'ws'));
  await socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${ada.token}` } });
  await socket.got(({ type }) => type === 'connection_ack');
  const before = statements.length;
  for (let i = 0; i < 500; i++) {
    await socket.send(subscribe(`of ${i}`, 'subscription { events { __typename } }'));
    await socket.send({ type: 'complete', id: `of ${i}` });
  }
  await socket.send(subscribe('last', '{ viewer { id } }'));
  await socket.got(ofId('last'));
  await until(() => counted.app.fanout.size().subscribers === 0);
  expect(statements.length - before).toBeLessThan(100);
  await counted.stop();
});

test('the connections of a user on a server are limited, of every kind together, and others have their own', async () => {
  const full = await startTestServer({ database: server.database, maxUserConnections: 2 });
  const url = full.url.replace('http', 'ws');
  const open = async (user: TestUser) => {
    const socket = new RawSocket(undefined, url);
    await socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${user.token}` } });
    await until(() => socket.received.length > 0 || socket.closed !== undefined);
    return socket;
  };
  const first = await open(ada);
  const stream = await ada.at(full).followSse(EVENTS);
  expect(await (await open(ada)).close()).toBe(1013);
  const refused = await ada.at(full).followSse(EVENTS);
  await refused.end();
  expect(refused.results).toMatchObject([{ errors: [{ extensions: { code: 'BAD_REQUEST' } }] }]);
  expect((await open(grace)).closed).toBeUndefined();
  stream.stop();
  await until(() => full.app.fanout.size().subscribers === 0);
  expect((await open(ada)).closed).toBeUndefined();
  first.terminate();
  await until(async () => (await open(ada)).closed === undefined);
  await full.stop();
});

test('an operation that cannot be subscribed to fails alone', async () => {
  const socket = await connected(ada.token);
  await socket.send(subscribe('good', EVENTS));
  await socket.got(ofId('good'));
  for (const [i, query] of [
    'subscription { events @skip(if: true) { __typename } }',
    'subscription ($no: Boolean = false) { events @include(if: $no) { __typename } }',
    'subscription { ... @skip(if: true) { events { __typename } } }',
    'subscription { ...A @include(if: false) } fragment A on Subscription { events { __typename } }',
  ].entries()) {
    await socket.send(subscribe(`bad ${i}`, query));
    expect(await socket.got(ofId(`bad ${i}`))).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  }
  expect(socket.closed).toBeUndefined();
  await socket.send({ type: 'complete', id: 'good' });
});

test('errors of a client are not written to the console', async () => {
  const written = vi.spyOn(console, 'error');
  const unexpected = await connected(ada.token);
  await unexpected.send({ type: 'next', id: '1', payload: {} });
  expect(await unexpected.close()).toBe(4400);
  const huge = await connected(ada.token);
  await huge.send(' '.repeat(2 * 1024 * 1024 + 1));
  expect(await huge.close()).toBe(1009);
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
});

test('the id of an operation has at most 64 characters, and a pong has no payload', async () => {
  const [within, beyond] = [await connected(null), await connected(null)];
  const payload = { query: '{ __typename }' };

  await within.send({ type: 'ping', payload: { note: 'x'.repeat(1_000) } });
  await within.send({ id: 'x'.repeat(64), type: 'subscribe', payload });
  await within.got(({ type }) => type === 'complete');
  expect(await within.got(({ type }) => type === 'pong')).toEqual({ type: 'pong' });

  await beyond.send({ id: 'x'.repeat(65), type: 'subscribe', payload });
  await beyond.close();
  expect(beyond.closed).toEqual({ code: 4400, reason: 'The id of an operation has at most 64 characters' });
});
