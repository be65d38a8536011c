import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSession, memoryStorage, type Session, type SessionStorage } from '../../client/core.ts';
import { until } from '../support/until.ts';
import { FaultyFetch } from './support/faults.ts';
import { startTestServer, type TestServer } from '../support/app.ts';

let server: TestServer;
let storage: ReturnType<typeof memoryStorage>;
let session: Session;
let asked: number;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

beforeEach(() => {
  storage = memoryStorage();
  asked = 0;
  session = open();
});

const password = 'correct horse battery';
const newName = () => `ada_${randomUUID().slice(0, 8)}`;
const counted: typeof fetch = (...request) => {
  asked++;
  return fetch(...request);
};
const open = (more = {}) => createSession({ url: server.url, storage, fetch: counted, ...more });

async function viewer(token: string | null): Promise<unknown> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: '{ viewer { username } }' }),
  });
  return ((await response.json()) as { data: { viewer: unknown } }).data.viewer;
}

test('signs up, keeps the session for the next page, and signs out', async () => {
  const username = newName();
  const result = await session.signUp({ username, password });
  expect(result).toMatchObject({ ok: true, user: { username } });
  expect(await viewer(session.accessToken())).toEqual({ username });

  const nextPage = open();
  expect(nextPage.getSnapshot()).toEqual(session.getSnapshot());
  await nextPage.signOut();
  expect(nextPage.accessToken()).toBeNull();
  expect(open().getSnapshot()).toBeNull();
});

test('a refusal is a result', async () => {
  expect(await session.signIn({ username: newName(), password })).toMatchObject({ ok: false });
  expect(session.getSnapshot()).toBeNull();
});

test('renews its token', async () => {
  const username = newName();
  await session.signUp({ username, password });
  const before = session.accessToken();
  let told = 0;
  session.subscribe(() => told++);
  const token = await session.refresh();
  expect(token).not.toBe(before);
  expect(session.accessToken()).toBe(token);
  expect(await viewer(token)).toEqual({ username });
  expect(told).toBe(1);
});

test('goes on with new tokens under a new password, and ends the other sessions', async () => {
  const username = newName();
  await session.signUp({ username, password });
  const other = open({ storage: memoryStorage() });
  await other.signIn({ username, password });
  const before = session.accessToken();
  const change = { currentPassword: password, newPassword: `${password} staple` };

  const wrong = { ...change, currentPassword: 'something else' };
  expect(await session.changePassword(wrong)).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
  expect(await session.changePassword({ ...change, newPassword: 'short' })).toMatchObject({
    error: { code: 'INVALID_INPUT' },
  });
  expect(session.accessToken()).toBe(before);

  expect(await session.changePassword(change)).toMatchObject({ ok: true, user: { username } });
  expect(session.accessToken()).not.toBe(before);
  expect(await viewer(await session.refresh())).toEqual({ username });
  expect(await viewer(await other.refresh())).toBeNull();
  expect(other.getSnapshot()).toBeNull();
});

test('changes the password though its access token has expired', async () => {
  await session.signUp({ username: newName(), password });
  const kept = JSON.parse(storage.getItem('parley.session')!) as object;
  storage.setItem('parley.session', JSON.stringify({ ...kept, accessToken: 'expired' }));

  const result = await open().changePassword({ currentPassword: password, newPassword: `${password} staple` });

  expect(result).toMatchObject({ ok: true });
});

test('a tab uses the token that another tab has renewed', async () => {
  await session.signUp({ username: newName(), password });
  const other = open();
  const token = await session.refresh();
  asked = 0;
  expect(await other.refresh()).toBe(token);
  expect(asked).toBe(0);
});

test('a session that the server no longer knows ends', async () => {
  await session.signUp({ username: newName(), password });
  const elsewhere = createSession({ url: server.url, storage: copy(storage) });
  await elsewhere.signOut();
  expect(await session.refresh()).toBeNull();
  expect(session.getSnapshot()).toBeNull();
});

test.each([
  ['no network', () => Promise.reject(new TypeError('fetch failed'))],
  ["a proxy's page", () => Promise.resolve(new Response('<h1>Bad Gateway</h1>', { status: 502 }))],
  ['an empty answer', () => Promise.resolve(new Response('', { status: 504 }))],
  ['an answer that is not an object', () => Promise.resolve(new Response('null'))],
])('%s is a result of every call, and never thrown', async (_name, answer) => {
  const away = open({ fetch: answer });
  const error = { code: 'NETWORK', message: expect.any(String) as string };
  expect(await away.signIn({ username: 'ada', password })).toEqual({ ok: false, error });
  expect(await away.signUp({ username: 'ada', password })).toEqual({ ok: false, error });
  await session.signUp({ username: newName(), password });
  const leaving = open({ fetch: answer });
  await leaving.signOut();
  expect(leaving.getSnapshot()).toBeNull();
});

describe('a storage', () => {
  const refuse = (): never => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
  const full = (): SessionStorage => ({ ...memoryStorage(), setItem: refuse });

  test.each([
    ['that is full', full],
    ['that stores nothing', () => ({ getItem: refuse, setItem: refuse, removeItem: refuse })],
  ])('%s: signing in, renewing and signing out work without it', async (_name, make) => {
    const alone = open({ storage: make() });
    const username = newName();
    expect(await alone.signUp({ username, password })).toMatchObject({ ok: true });
    const token = await alone.refresh();
    expect(await viewer(token)).toEqual({ username });
    expect(await viewer(await alone.refresh())).toEqual({ username });
    await alone.signOut();
    expect(alone.getSnapshot()).toBeNull();
    expect(open({ storage: make() }).getSnapshot()).toBeNull();
  });

  test('that becomes full has no used token', async () => {
    await session.signUp({ username: newName(), password });
    storage.setItem = refuse;
    expect(await session.refresh()).not.toBeNull();
    expect(open().getSnapshot()).toBeNull();
  });
});

test('a user who signs out while the token is renewed stays signed out', async () => {
  const held = new FaultyFetch();
  const leaving = open({ fetch: held.fetch });
  await leaving.signUp({ username: newName(), password });
  held.hold();
  const refreshing = leaving.refresh();
  await until(
    () => held.waiting === 1,
    () => 'the answer waits',
  );
  const signingOut = leaving.signOut();
  held.release();
  expect(await refreshing).toBeNull();
  await signingOut;
  expect(leaving.accessToken()).toBeNull();
  expect(open().getSnapshot()).toBeNull();
});

test('without a network the session stays', async () => {
  await session.signUp({ username: newName(), password });
  const offline = open({ fetch: () => Promise.reject(new TypeError('Failed to fetch')) });
  await expect(offline.refresh()).rejects.toThrow('Failed to fetch');
  expect(offline.getSnapshot()).not.toBeNull();
});

function copy(from: ReturnType<typeof memoryStorage>): ReturnType<typeof memoryStorage> {
  const to = memoryStorage();
  to.setItem('parley.session', from.getItem('parley.session') ?? '');
  return to;
}
