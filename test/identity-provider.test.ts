import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../src/database/open.ts';
import { IdentityProviderUnavailableError } from '../src/session/identity-provider.ts';
import { createSessionService, type SessionService } from '../src/session/session.service.ts';
import { nobodyLive } from './support/app.ts';
import { openTestDatabase } from './support/database.ts';

const audience = 'chat';
const MINUTE = 60_000;

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Makes a key of an identity provider. */
async function newKey(kid: string, alg = 'RS256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, publicKey, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } as JWK };
}
type Key = Awaited<ReturnType<typeof newKey>>;

let provider: Server;
let issuer: string;
let keys: Key[];
let asked: number;
let down: boolean;
let sessions: SessionService;

const newSessions = () =>
  createSessionService({
    db: database.db,
    auth: { by: 'provider', jwksUrl: `${issuer}/keys`, issuer, audience },
    live: nobodyLive,
  });

beforeEach(async () => {
  keys = [await newKey('first')];
  asked = 0;
  down = false;
  provider = createServer((_, response) => {
    asked++;
    if (down) response.writeHead(503).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
  });
  await once(provider.listen(0, '127.0.0.1'), 'listening');
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  sessions = newSessions();
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  provider.closeAllConnections();
  provider.close();
});

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

interface Signing {
  key?: Key;
  alg?: string;
  by?: CryptoKey | Uint8Array;
  kid?: string | undefined;
}

/** Makes an access token of the provider that is valid for a minute. */
async function tokenOf(claims: object = {}, signing: Signing = {}) {
  const { key = keys[0]!, alg = key.alg, by = key.privateKey, kid = key.kid } = signing;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: issuer, aud: audience, sub: randomUUID(), iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(by);
}
const identify = async (token: string | Promise<string>, service = sessions) =>
  service.identify(`Bearer ${await token}`);
const refused = { is: 'refused' };

async function userOf(claims: object) {
  const identified = await identify(tokenOf(claims));
  if (identified.is !== 'user') throw new Error(JSON.stringify(identified));
  return database.db.user.findUniqueOrThrow({ where: { id: identified.userId } });
}

test.each(['RS256', 'PS512', 'ES256', 'ES384', 'EdDSA'])(
  'a token of the provider, signed with %s, is accepted',
  async (alg) => {
    keys = [await newKey('first'), await newKey('other', alg)];
    const exp = Math.floor(Date.now() / 1000) + 600;

    const identified = await identify(tokenOf({ exp, aud: ['elsewhere', audience] }, { key: keys[1]! }));

    expect(identified).toEqual({
      is: 'user',
      userId: expect.any(String) as string,
      expiresAt: new Date(exp * 1000),
      sessionId: null,
    });
  },
);

test('tokens of other issuers, for other services, or outside of their time are refused', async () => {
  const now = Math.floor(Date.now() / 1000);
  const [key] = keys as [Key];
  const stranger = await newKey('first');
  const publicPem = new TextEncoder().encode(await exportSPKI(key.publicKey));
  const publicJwk = new TextEncoder().encode(JSON.stringify(key.jwk));
  const [, payload = '', signature = ''] = (await tokenOf()).split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const secret = new TextEncoder().encode('a secret of more than thirty-two bytes');

  const forged = {
    'signed by a stranger': tokenOf({}, { key: stranger }),
    'of an unknown key': tokenOf({}, { kid: 'unknown' }),
    'HS256 by the public key as PEM': tokenOf({}, { alg: 'HS256', by: publicPem }),
    'HS256 by the public key as JWK': tokenOf({}, { alg: 'HS256', by: publicJwk }),
    'without a signature': `${none}.${payload}.`,
    'of no algorithm': `${none}.${payload}.${signature}`,
    'of a built-in account': tokenOf({ iss: 'parley' }, { alg: 'HS256', by: secret, kid: undefined }),
    'of a built-in account, by the provider’s key': tokenOf({ iss: 'parley' }),
    'of another issuer': tokenOf({ iss: 'https://elsewhere.example' }),
    'without an issuer': tokenOf({ iss: undefined }),
    'for another service': tokenOf({ aud: 'elsewhere' }),
    'for no service': tokenOf({ aud: undefined }),
    'of nobody': tokenOf({ sub: undefined }),
    'of a subject that is none': tokenOf({ sub: { id: 1 } }),
    'of a subject with a NUL': tokenOf({ sub: 'a\0b' }),
    expired: tokenOf({ exp: now - 10 }),
    'without an end': tokenOf({ exp: undefined }),
    'not good yet': tokenOf({ nbf: now + 60 }),
  };

  for (const [which, token] of Object.entries(forged)) {
    await expect(identify(token), which).resolves.toMatchObject(refused);
  }
  await expect(identify(tokenOf())).resolves.toMatchObject({ is: 'user' });
});

test('a server with built-in accounts refuses its own claims if they are signed with another kind of key', async () => {
  const own = createSessionService({
    db: database.db,
    auth: { by: 'accounts', secret: 's'.repeat(32) },
    live: nobodyLive,
  });

  await expect(identify(tokenOf({ iss: 'parley' }), own)).resolves.toMatchObject(refused);
});

test('a user is created with their first token, under a valid username', async () => {
  const id = randomUUID().slice(0, 8);

  const ada = await userOf({
    sub: `1|${id}`,
    preferred_username: `Ada.Lovelacé-${id}@example.org`,
    name: ' Ada Lovelace ',
  });
  expect(ada).toMatchObject({
    issuer,
    subject: `1|${id}`,
    username: `ada_lovelace_${id}`,
    displayName: 'Ada Lovelace',
  });
  expect(ada.passwordHash).toBeNull();

  const renamed = await userOf({ sub: `1|${id}`, preferred_username: 'countess', name: 'Countess' });
  expect(renamed).toEqual(ada);

  const namesake = await userOf({ sub: `2|${id}`, preferred_username: `ada_lovelace_${id}`, name: ' ' });
  expect(namesake.username).toMatch(new RegExp(`^ada_lovelace_${id}_[0-9a-f]{6}$`));
  expect(namesake.displayName).toBe(`ada_lovelace_${id}`);

  await expect(userOf({ name: 7 })).resolves.toMatchObject({
    username: expect.stringMatching(/^user_[0-9a-f]{6}$/) as string,
  });
  await expect(userOf({ preferred_username: 'Лю' })).resolves.toMatchObject({ displayName: 'Лю' });
  const long = await userOf({ preferred_username: 'x'.repeat(100), name: 'x'.repeat(100) });
  expect(long.username).toMatch(/^x{25,32}/);
  expect(long.displayName).toBe(long.username);
});

test('if two servers see a new user at once, one user is created', async () => {
  const subject = randomUUID();
  const other = newSessions();
  const token = await tokenOf({ sub: subject, preferred_username: subject.slice(0, 13) });

  const seen = await Promise.all(Array.from({ length: 10 }, (_, i) => identify(token, i % 2 ? sessions : other)));

  const users = await database.db.user.findMany({ where: { issuer, subject } });
  expect(users).toHaveLength(1);
  for (const identified of seen) expect(identified).toMatchObject({ is: 'user', userId: users[0]!.id });
});

test('a known user takes no statement', async () => {
  const sub = randomUUID();
  const find = vi.spyOn(database.db.user, 'findUnique');
  const first = await identify(tokenOf({ sub }));
  const reads = find.mock.calls.length;

  expect(await identify(tokenOf({ sub, nonce: 'another token' }))).toEqual(first);

  expect(reads).toBeGreaterThan(0);
  expect(find).toHaveBeenCalledTimes(reads);
  find.mockRestore();
});

test('the built-in accounts are switched off', async () => {
  const off = { code: 'FORBIDDEN', message: expect.stringMatching(/identity provider/) as string };
  const { signUp, signIn, refresh, signOut } = sessions;

  await expect(signUp({ username: 'ada', password: 'correct horse' })).rejects.toMatchObject(off);
  await expect(signIn({ username: 'ada', password: 'correct horse' })).rejects.toMatchObject(off);
  await expect(refresh({ refreshToken: 'any' })).rejects.toMatchObject(off);
  await expect(signOut({ refreshToken: 'any' })).rejects.toMatchObject(off);
  const there = (what: string) => ({ ...off, message: `Accounts are kept by your identity provider: ${what} there.` });
  const caller = { userId: randomUUID(), sessionId: null };
  const passwords = { currentPassword: 'correct horse', newPassword: 'battery staple' };
  await expect(sessions.changePassword(caller, passwords)).rejects.toMatchObject(there('change the password'));
  for (const refusal of [
    sessions.sessions(caller),
    sessions.endSession(caller, 'any'),
    sessions.endOtherSessions(caller),
  ]) {
    await expect(refusal).rejects.toMatchObject(there('see and end sessions'));
  }
});

test('keys are fetched once, and soon again when the provider changes them', async () => {
  await Promise.all([identify(tokenOf()), identify(tokenOf()), identify(tokenOf())]);
  expect(asked).toBe(1);

  const [old, next] = [keys[0]!, await newKey('next')];
  keys = [old, next];
  later(MINUTE);
  await expect(identify(tokenOf({}, { key: next }))).resolves.toMatchObject({ is: 'user' });
  expect(asked).toBe(2);

  keys = [next];
  later(6 * MINUTE);
  await expect.poll(() => identify(tokenOf({}, { key: old }))).toMatchObject(refused);
});

test('tokens with unknown keys do not make the server fetch keys each time', async () => {
  await identify(tokenOf());

  for (const kid of ['a', 'b', 'c']) await expect(identify(tokenOf({}, { kid }))).resolves.toMatchObject(refused);

  expect(asked).toBe(1);
});

test('the server bridges an outage of the provider of an hour; after that UNAVAILABLE is answered and not UNAUTHENTICATED', async () => {
  await identify(tokenOf());
  down = true;

  later(6 * MINUTE);
  await expect(identify(tokenOf())).resolves.toMatchObject({ is: 'user' });
  await expect.poll(() => asked).toBe(2);
  later(50 * MINUTE);
  await expect(identify(tokenOf())).resolves.toMatchObject({ is: 'user' });
  later(10 * MINUTE);
  await expect(identify(tokenOf())).rejects.toThrow(IdentityProviderUnavailableError);

  down = false;
  await expect(identify(tokenOf())).resolves.toMatchObject({ is: 'user' });
});

test('if the provider was never reached, no token is refused', async () => {
  provider.close();

  await expect(identify(tokenOf())).rejects.toThrow(IdentityProviderUnavailableError);
  await expect(sessions.identify(undefined)).resolves.toEqual({ is: 'anonymous' });
});
