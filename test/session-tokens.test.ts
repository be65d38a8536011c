import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../src/database/open.ts';
import { removeExpiredSessions } from '../src/session/accounts.ts';
import type { IssuedSession } from '../src/session/session-tokens.ts';
import { hashOf, successorOf } from '../src/session/refresh-token.ts';
import { createSessionService, type SessionService } from '../src/session/session.service.ts';
import { nobodyLive } from './support/app.ts';
import { openTestDatabase } from './support/database.ts';

const secret = 'a secret of more than thirty-two bytes';
const password = 'correct horse battery staple';
const wrong = { code: 'FORBIDDEN', message: 'Username or password is wrong.' };
const refusedToken = { code: 'FORBIDDEN', message: expect.stringMatching(/sign in again/) as string };

let database: Database;
let sessions: SessionService;
beforeAll(async () => {
  database = await openTestDatabase();
  sessions = createSessionService({ db: database.db, auth: { by: 'accounts', secret }, live: nobodyLive });
});
afterAll(() => database.close());

const newName = () => `ada_${randomUUID().slice(0, 8)}`;
const signUp = (username = newName()) => sessions.signUp({ username, password });
const refresh = ({ refreshToken }: { refreshToken: string }) => sessions.refresh({ refreshToken });
const identify = ({ accessToken }: { accessToken: string }) => sessions.identify(`Bearer ${accessToken}`);

/** Moves the first use of a token, or its expiry, into the past. */
const backdate = ({ refreshToken }: IssuedSession, data: { usedAt?: Date; expiresAt?: Date }) =>
  database.db.refreshToken.update({ where: { hash: hashOf(refreshToken) }, data });
const ago = (ms: number) => new Date(Date.now() - ms);
const DAY = 24 * 3_600_000;

test('signing up creates an account and a session of it', async () => {
  const username = newName();

  const session = await sessions.signUp({
    username: ` ${username.toUpperCase()} `,
    password,
    displayName: ' Ada Lovelace ',
  });

  expect(session.user).toMatchObject({ username, displayName: 'Ada Lovelace' });
  const { passwordHash } = await database.db.user.findUniqueOrThrow({ where: { id: session.user.id } });
  expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(session.expiresAt.getTime() - Date.now()).toBeGreaterThan(14 * 60_000);
  await expect(identify(session)).resolves.toEqual({
    is: 'user',
    userId: session.user.id,
    expiresAt: session.expiresAt,
    sessionId: expect.any(String) as string,
  });
  await expect(signUp()).resolves.toMatchObject({ user: { displayName: expect.stringMatching(/^ada_/) as string } });
});

test.each([
  ['username', 'short', { username: 'ab' }, '3–32 letters a–z, digits or underscores'],
  ['username', 'long', { username: 'a'.repeat(33) }, '3–32 letters a–z, digits or underscores'],
  ['username', 'of other characters', { username: 'ada lovelace' }, '3–32 letters a–z, digits or underscores'],
  ['password', 'short', { password: 'nine char' }, '10–200 characters'],
  ['password', 'long', { password: '🔑'.repeat(201) }, '10–200 characters'],
  ['password', 'of one character', { password: 'a'.repeat(10) }, 'must not be one character repeated'],
  ['password', 'the username', { username: 'ada_lovelace', password: ' Ada_Lovelace' }, 'must not be the username'],
  ['password', 'with a NUL', { password: 'with a \0 in it' }, 'without the NUL character'],
  ['password', 'with a lone surrogate', { password: 'half a 🔑: \ud83d' }, 'well-formed Unicode'],
  ['displayName', 'blank', { displayName: ' ' }, '1–64 characters'],
  ['displayName', 'long', { displayName: 'x'.repeat(65) }, '1–64 characters'],
])('signing up refuses a %s that is %s', async (field, _, input, limit) => {
  await expect(sessions.signUp({ username: newName(), password, ...input })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field,
    message: expect.stringContaining(limit) as string,
  });
});

test('if several sign up with one username at once, one of them gets it', async () => {
  const username = newName();

  const results = await Promise.allSettled([username, username.toUpperCase(), username, username].map(signUp));

  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' });
  await expect(database.db.user.count({ where: { username } })).resolves.toBe(1);
});

test('signing in requires the password, and does not reveal whether the account exists', async () => {
  const { user } = await signUp();

  const session = await sessions.signIn({ username: user.username.toUpperCase(), password });
  expect(session.user).toEqual(user);
  await expect(identify(session)).resolves.toMatchObject({ is: 'user', userId: user.id });

  await expect(sessions.signIn({ username: user.username, password: `${password}!` })).rejects.toMatchObject(wrong);
  await expect(sessions.signIn({ username: newName(), password })).rejects.toMatchObject(wrong);
});

test('if very many sign in at once, some are refused with RATE_LIMITED, and nobody waits long', async () => {
  const { user } = await signUp();
  const attempts = Array.from({ length: 300 }, () =>
    sessions.signIn({ username: user.username, password: `${password}!` }),
  );

  const refusals = (await Promise.allSettled(attempts)).map(
    (result) => result.status === 'rejected' && (result.reason as { code: string }),
  );

  const limited = refusals.filter((refusal) => refusal && refusal.code === 'RATE_LIMITED');
  expect(limited.length).toBeGreaterThan(0);
  for (const refusal of refusals) {
    if (!limited.includes(refusal)) expect(refusal).toMatchObject(wrong);
    else expect(refusal).toMatchObject({ retryAfterMs: 2_000 });
  }
  await expect(sessions.signIn({ username: user.username, password })).resolves.toMatchObject({ user });
});

test('an account of an identity provider has no password', async () => {
  const username = newName();
  await database.db.user.create({
    data: { username, displayName: 'Ada', issuer: 'https://id.example', subject: username },
  });

  await expect(sessions.signIn({ username, password })).rejects.toMatchObject(wrong);
});

test('a password is the same from any keyboard', async () => {
  const username = newName();
  await sessions.signUp({ username, password: 'café crème brûlée'.normalize('NFC') });

  const session = await sessions.signIn({ username, password: 'café crème brûlée'.normalize('NFD') });

  expect(session.user.username).toBe(username);
});

test('refreshing continues the session, token by token', async () => {
  const first = await signUp();

  const second = await refresh(first);
  const third = await refresh(second);

  expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
  expect(new Set([first, second, third].map(({ accessToken }) => accessToken)).size).toBe(3);
  expect(third.user).toEqual(first.user);
  await expect(identify(third)).resolves.toMatchObject({ is: 'user', userId: first.user.id });
});

test('a refresh whose response was lost can be repeated at any time, and returns the same token', async () => {
  const first = await signUp();
  const lost = await Promise.all(Array.from({ length: 10 }, () => refresh(first)));
  await backdate(first, { usedAt: ago(20 * DAY) });

  const second = await refresh(first);

  expect(new Set([...lost, second].map(({ refreshToken }) => refreshToken)).size).toBe(1);
  expect(new Set([...lost, second].map(({ accessToken }) => accessToken)).size).toBe(11);
  await expect(database.db.refreshToken.count({ where: { session: { userId: first.user.id } } })).resolves.toBe(2);
  await refresh(second);
});

test('a refresh token whose successor was used ends its session, and no other', async () => {
  const stolen = await signUp();
  const elsewhere = await sessions.signIn({ username: stolen.user.username, password });
  const second = await refresh(stolen);
  const newest = await refresh(second);

  await expect(refresh(stolen)).rejects.toMatchObject(refusedToken);

  await expect(refresh(newest)).rejects.toMatchObject(refusedToken);
  await expect(refresh(second)).rejects.toMatchObject(refusedToken);
  await expect(refresh(stolen)).rejects.toMatchObject(refusedToken);
  await refresh(elsewhere);
});

test('later tokens cannot be computed from an earlier one without the secret', async () => {
  const { refreshToken } = await signUp();

  const next = await refresh({ refreshToken });

  expect(next.refreshToken).toBe(successorOf(refreshToken, secret).token);
  expect(next.refreshToken).not.toBe(successorOf(refreshToken, `${secret}.`).token);
});

/** The state that the previous version leaves: the successor is random. */
const usedByThePreviousVersion = async (usedAt: Date) => {
  const first = await signUp();
  const { refreshToken } = await refresh(first);
  await database.db.refreshToken.update({
    where: { hash: hashOf(refreshToken) },
    data: { hash: hashOf(randomUUID()) },
  });
  await backdate(first, { usedAt });
  return first;
};

test('a token that the previous version exchanged can be used again for thirty seconds, as it promised', async () => {
  await refresh(await usedByThePreviousVersion(ago(25_000)));

  await expect(refresh(await usedByThePreviousVersion(ago(31_000)))).rejects.toMatchObject(refusedToken);
});

test('a session ends 180 days after it began, however often it is refreshed', async () => {
  const old = await signUp();
  const begun = (createdAt: Date) =>
    database.db.session.updateMany({ where: { userId: old.user.id }, data: { createdAt } });
  await begun(ago(179 * DAY));

  const newest = await refresh(old);

  const token = await database.db.refreshToken.findUnique({ where: { hash: hashOf(newest.refreshToken) } });
  expect(Math.abs(token!.expiresAt.getTime() - Date.now() - DAY)).toBeLessThan(60_000);
  await begun(ago(181 * DAY));
  await expect(refresh(newest)).rejects.toMatchObject(refusedToken);
});

test.each(['a late reuse', 'signing out'])(
  'no token of a session survives %s at the same time as its refreshes',
  async (end) => {
    for (let round = 0; round < 10; round++) {
      const first = await signUp();
      const newest = await refresh(await refresh(first));

      const ending = end === 'signing out' ? sessions.signOut(first) : refresh(first).catch(() => undefined);
      const racers = await Promise.allSettled([refresh(newest), refresh(newest), refresh(newest), refresh(newest)]);
      await ending;

      const pairs = racers.flatMap((racer) => (racer.status === 'fulfilled' ? [racer.value] : []));
      for (const pair of [newest, ...pairs]) await expect(refresh(pair)).rejects.toMatchObject(refusedToken);
      for (const racer of racers) if (racer.status === 'rejected') expect(racer.reason).toMatchObject(refusedToken);
    }
  },
);

test('a refresh token that has expired, or never existed, is refused', async () => {
  const session = await signUp();
  await backdate(session, { expiresAt: ago(1) });

  await expect(refresh(session)).rejects.toMatchObject(refusedToken);
  for (const refreshToken of ['', 'unknown', '\0', '\ud83d', session.accessToken]) {
    await expect(sessions.refresh({ refreshToken })).rejects.toMatchObject(refusedToken);
  }
});

test('signing out works with any token of the session, and can be repeated', async () => {
  const first = await signUp();
  const second = await refresh(first);

  const { at } = await sessions.signOut(first);

  expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(60_000);
  await expect(refresh(second)).rejects.toMatchObject(refusedToken);
  await sessions.signOut(first);
  await sessions.signOut({ refreshToken: 'unknown' });
});

test('expired tokens are removed, and a session with its last token', async () => {
  const gone = await signUp();
  const alive = await signUp();
  const kept = await refresh(alive);
  await backdate(gone, { expiresAt: ago(2 * DAY) });
  await backdate(alive, { expiresAt: ago(2 * DAY) });

  await expect.poll(() => removeExpiredSessions(database.db, 1)).toBe(0);

  await expect(database.db.session.count({ where: { userId: gone.user.id } })).resolves.toBe(0);
  const tokens = () => database.db.refreshToken.count({ where: { session: { userId: alive.user.id } } });
  await expect(tokens()).resolves.toBe(2);
  await refresh(kept);
  await expect(tokens()).resolves.toBe(2);
});

test('a request without a token is anonymous; a header that is not a bearer token is refused', async () => {
  for (const nothing of [undefined, null, '', ' ']) {
    await expect(sessions.identify(nothing)).resolves.toEqual({ is: 'anonymous' });
  }
  const { accessToken, user } = await signUp();
  await expect(sessions.identify(`bearer  ${accessToken} `)).resolves.toMatchObject({ is: 'user', userId: user.id });
  for (const malformed of [accessToken, 'Bearer', 'Bearer ', `Basic ${accessToken}`, `Bearer ${accessToken} twice`]) {
    await expect(sessions.identify(malformed)).resolves.toEqual({
      is: 'refused',
      reason: 'Authorization must be `Bearer <access token>`.',
    });
  }
});

test('an access token expires after 15 minutes', async () => {
  const session = await signUp();
  vi.useFakeTimers({ toFake: ['Date'], now: session.expiresAt.getTime() - 1_000 });
  try {
    await expect(identify(session)).resolves.toMatchObject({ is: 'user' });
    vi.setSystemTime(session.expiresAt);
    await expect(identify(session)).resolves.toEqual({ is: 'refused', reason: 'The access token has expired.' });
  } finally {
    vi.useRealTimers();
  }
});

test('forged and broken access tokens are refused', async () => {
  const { accessToken, user } = await signUp();
  const [header = '', payload = '', signature = ''] = accessToken.split('.');
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const key = new TextEncoder().encode(secret);
  const claims = { iss: 'parley', sub: user.id, exp: Math.floor(Date.now() / 1000) + 60 };
  const sign = (changed: object = {}, alg = 'HS256', by = key) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg }).sign(by);

  const forged = [
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}.${encode({ ...claims, sub: randomUUID() })}.${signature}`,
    `${encode({ alg: 'none' })}.${payload}.`,
    `${encode({ alg: 'none' })}.${payload}.${signature}`,
    `${header}.${payload}.${signature}.${signature}.${signature}`,
    'a.b.c',
    '...',
    await sign({}, 'HS256', new TextEncoder().encode('another secret of thirty-two bytes or more')),
    await sign({}, 'HS512'),
    await sign({ iss: 'https://id.example' }),
    await sign({ iss: undefined }),
    await sign({ sub: undefined }),
    await sign({ sub: 'x' }),
    await sign({ sub: {} }),
    await sign({ sub: 5 }),
    await sign({ sub: randomUUID() }),
    await sign({ exp: 1e300 }),
    await sign({ exp: undefined }),
    await sign({ exp: 'never' }),
    await sign({ nbf: claims.exp }),
  ];

  await expect(identify({ accessToken: await sign() })).resolves.toMatchObject({ is: 'user', userId: user.id });
  for (const accessToken of forged) {
    await expect(identify({ accessToken }), accessToken).resolves.toMatchObject({ is: 'refused' });
  }
});
