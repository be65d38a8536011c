import { randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Answer, startTestServer, type TestServer, tokenFor } from './support/app.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const SESSION = '... on Session { accessToken refreshToken expiresAt user { id username displayName } }';
const ERROR = '... on Error { code message }';
const sessionMutation = (field: string, input: string) =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { __typename ${SESSION} ${ERROR} } }`;
const SIGN_UP = sessionMutation('signUp', 'SignUpInput');
const SIGN_IN = sessionMutation('signIn', 'SignInInput');
const REFRESH = sessionMutation('refreshSession', 'RefreshSessionInput');
const SIGN_OUT = `mutation ($input: SignOutInput!) { signOut(input: $input) { __typename ... on SignedOut { at } ${ERROR} } }`;
const VIEWER = '{ viewer { id username } }';
const password = 'correct horse battery staple';

interface Session {
  __typename: string;
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
  user: { id: string; username: string; displayName: string };
}

async function request(query: string, variables: object = {}, headers: Record<string, string> = {}, { url } = server) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Pick<Answer, 'data' | 'errors'>) };
}

async function ask<T = Session>(
  query: string,
  input: object,
  headers: Record<string, string> = {},
  at = server,
): Promise<T> {
  const { data, errors } = await request(query, { input }, headers, at);
  if (errors) throw new Error(JSON.stringify(errors));
  return Object.values(data ?? {})[0] as T;
}

const bearer = ({ accessToken }: Session) => ({ authorization: `Bearer ${accessToken}` });
const newName = () => `ada_${randomUUID().slice(0, 8)}`;

test('sign up, sign in, refresh, sign out', async () => {
  const username = newName();

  const signedUp = await ask(SIGN_UP, { username, password, displayName: 'Ada' });
  expect(signedUp).toMatchObject({ __typename: 'Session', user: { username, displayName: 'Ada' } });
  const viewer = { id: signedUp.user.id, username };
  expect(await request(VIEWER, {}, bearer(signedUp))).toEqual({ status: 200, data: { viewer } });

  const signedIn = await ask(SIGN_IN, { username, password });
  const refreshed = await ask(REFRESH, { refreshToken: signedIn.refreshToken });
  expect(refreshed.refreshToken).not.toBe(signedIn.refreshToken);
  expect(await request(VIEWER, {}, bearer(refreshed))).toEqual({ status: 200, data: { viewer } });

  const { refreshToken } = refreshed;
  expect(await ask(SIGN_OUT, { refreshToken })).toEqual({ __typename: 'SignedOut', at: expect.any(String) as string });
  expect(await ask(REFRESH, { refreshToken })).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN' });
  expect(await ask(REFRESH, { refreshToken: signedUp.refreshToken })).toMatchObject({ __typename: 'Session' });
});

test('expected failures are returned as data', async () => {
  const { user } = await ask(SIGN_UP, { username: newName(), password });

  expect(await ask(SIGN_UP, { username: user.username, password })).toMatchObject({
    __typename: 'ConflictError',
    code: 'CONFLICT',
  });
  expect(await ask(SIGN_UP, { username: newName(), password: 'short' })).toEqual({
    __typename: 'InvalidInputError',
    code: 'INVALID_INPUT',
    message: 'password: must be 10–200 characters',
  });
  expect(await ask(SIGN_IN, { username: user.username, password: 'incorrect horse' })).toEqual(
    await ask(SIGN_IN, { username: newName(), password }),
  );
});

test('the mutations of sessions ignore the token and the Idempotency-Key', async () => {
  const headers = { authorization: 'Bearer expired', 'idempotency-key': 'one' };
  const credentials = { username: newName(), password };

  const signedUp = await ask(SIGN_UP, credentials, headers);
  const signedIn = await ask(SIGN_IN, credentials, headers);
  const { refreshToken } = await ask(REFRESH, { refreshToken: signedIn.refreshToken }, headers);

  expect(new Set([signedUp.refreshToken, signedIn.refreshToken, refreshToken]).size).toBe(3);
  expect(await ask(SIGN_OUT, { refreshToken }, headers)).toMatchObject({ __typename: 'SignedOut' });
  expect(await ask(SIGN_UP, credentials, headers)).toMatchObject({ __typename: 'ConflictError' });
});

test('an invalid token is reported to operations that need the viewer', async () => {
  expect(await request(VIEWER)).toEqual({ status: 200, data: { viewer: null } });

  for (const authorization of ['Bearer expired', 'Basic YWRhOmFkYQ==', 'Bearer a.b.c']) {
    const { status, errors } = await request(VIEWER, {}, { authorization });
    expect(status).toBe(401);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
  await expect(request('{ __typename }', {}, { authorization: 'Bearer expired' })).resolves.toMatchObject({
    status: 200,
  });
});

test('with an identity provider the built-in accounts are switched off', async () => {
  const auth = {
    by: 'provider',
    jwksUrl: 'http://127.0.0.1:1/keys',
    issuer: 'https://id.example',
    audience: 'chat',
  } as const;
  const off = await startTestServer({ auth, database: server.database });
  const credentials = { username: newName(), password };

  const { refreshToken } = await ask(SIGN_UP, credentials);
  const answers = [
    await ask(SIGN_UP, { ...credentials, username: newName() }, {}, off),
    await ask(SIGN_IN, credentials, {}, off),
    await ask(REFRESH, { refreshToken }, {}, off),
    await ask(SIGN_OUT, { refreshToken }, {}, off),
  ];

  for (const answer of answers) expect(answer).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN' });
  expect(await ask(REFRESH, { refreshToken })).toMatchObject({ __typename: 'Session' });
  await off.stop();
});

test('while the identity provider is away, operations that need the viewer get UNAVAILABLE', async () => {
  const auth = {
    by: 'provider',
    jwksUrl: 'http://127.0.0.1:1/keys',
    issuer: 'https://id.example',
    audience: 'chat',
  } as const;
  const away = await startTestServer({ auth, database: server.database });
  const { privateKey } = await generateKeyPair('RS256');
  const token = await new SignJWT({ sub: 'ada' })
    .setProtectedHeader({ alg: 'RS256', kid: 'unknown' })
    .setIssuer(auth.issuer)
    .setAudience(auth.audience)
    .setExpirationTime('1 m')
    .sign(privateKey);

  for (const accept of ['application/json', 'application/graphql-response+json']) {
    const response = await fetch(away.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: VIEWER }),
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    const { errors } = (await response.json()) as Answer;
    expect(errors).toMatchObject([
      { message: expect.stringContaining('identity provider') as string, extensions: { code: 'UNAVAILABLE' } },
    ]);
  }
  const socket = new WebSocket(away.url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.addEventListener('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
  );
  const code = await new Promise((resolve) => socket.addEventListener('close', (event) => resolve(event.code)));
  expect(code).toBe(1013);
  await away.stop();
});

test('a token whose account does not exist is UNAUTHENTICATED', async () => {
  for (const userId of [randomUUID(), 'x']) {
    const { status, errors } = await request(VIEWER, {}, { authorization: `Bearer ${await tokenFor(userId)}` });
    expect(status).toBe(401);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
});
