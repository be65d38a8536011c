import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';
import { ask, emptyFolder, parley, run, serve, signIn } from './installed.ts';

let home: Awaited<ReturnType<typeof emptyFolder>>;
let empty: EmptyDatabase;
let settings: Record<string, string>;
beforeAll(async () => {
  [home, empty] = await Promise.all([emptyFolder(), createEmptyDatabase()]);
  settings = {
    DATABASE_URL: empty.url,
    REDIS_URL: inject('redisUrl')!,
    JWT_SECRET: 'a secret that only these tests know',
  };
});
afterAll(async () => {
  await home.remove();
  await empty.drop();
});

const perform = (args: string[], more: { input?: string; settings?: Record<string, string> } = {}) =>
  run(parley, args, { cwd: home.folder, ...more, settings: { ...settings, ...more.settings } });

// The tests run in this order, on one database.
test('check lists what the next start applies, and writes nothing', async () => {
  const { code, stdout } = await perform(['check']);
  expect(stdout).toMatch(/^good {3}Database .* the next start applies \d+_\w+/m);
  expect(stdout).toMatch(/^good {3}Redis .* messages come through$/m);
  expect(code).toBe(0);
  const client = await empty.connect();
  expect((await client.query(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).rowCount).toBe(0);
});

test('check reports a database and a Redis that cannot be reached', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const { code, stdout } = await perform(['check'], {
    settings: { DATABASE_URL: `${empty.url}_not`, REDIS_URL: `redis://:hidden@127.0.0.1:${port}` },
  });
  expect(stdout).toMatch(/^WRONG {2}Database .* has no database .*: create it, or correct DATABASE_URL\.$/m);
  expect(stdout).toMatch(/^WRONG {2}Redis .*ECONNREFUSED.*: start it, or correct REDIS_URL\.$/m);
  expect(stdout).not.toContain('hidden');
  expect(code).toBe(1);
});

test('migrate brings an empty database up to date, and check then reports that', async () => {
  expect((await perform(['migrate'])).code).toBe(0);
  expect((await perform(['check'])).stdout).toMatch(/^good {3}Database .* up to date$/m);
});

test('set-password lets a user in again, and ends their sessions, while the server runs', async () => {
  expect((await perform(['seed'])).code).toBe(0);
  const server = await serve(parley, ['start'], { cwd: home.folder, settings });
  const { refreshToken } = await signIn(server.url, 'ada', 'correct horse battery');

  const set = await perform(['set-password', 'Ada'], { input: 'another horse battery\n' });
  expect(set.stdout).toContain('Sessions that were ended: 2.');
  expect(set.code).toBe(0);
  expect(await signIn(server.url, 'ada', 'correct horse battery')).toEqual({ code: 'FORBIDDEN' });
  expect(await signIn(server.url, 'ada', 'another horse battery')).toHaveProperty('accessToken');
  const refresh = 'mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ... on Error { code } } }';
  expect(await ask(server.url, refresh, { input: { refreshToken } })).toEqual({ code: 'FORBIDDEN' });
  expect(await server.terminate()).toBe(0);
});

test.each([
  ['an unknown user', ['set-password', 'nobody_here'], 'a long password', 'There is no user nobody_here.'],
  ['a short password', ['set-password', 'ada'], 'short', 'password: must be'],
])('set-password refuses %s', async (_, args, input, reason) => {
  const { code, stderr } = await perform(args, { input });
  expect(stderr).toContain(reason);
  expect(code).toBe(1);
});
