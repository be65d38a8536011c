import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, readConfig, variables } from '../../src/config/config.ts';
import { keptSecret } from '../../src/config/kept-secret.ts';

const secret = 'a secret of more than 32 different bytes';
const provider = { JWKS_URL: 'https://id.example/keys', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'chat' };

test('no variable has to be set', () => {
  expect(readConfig({})).toEqual({
    port: 4000,
    host: '127.0.0.1',
    database: { url: undefined, directUrl: undefined, poolSize: 10, timeoutMs: 15_000, dataDir: '.parley' },
    redis: { url: undefined, prefix: undefined },
    auth: null,
    corsOrigins: [],
    idempotency: 'optional',
    hasReceipts: true,
    hasHealthDetails: false,
    hasPresence: true,
    logRetentionMs: 30 * 24 * 3_600_000,
    reconcileMs: 1_000,
    maxBufferedBytes: 1_048_576,
    maxConnections: undefined,
    maxUserConnections: 20,
    maxSocketOperations: 50,
    handshakeMs: 15_000,
    keepAliveMs: 75_000,
    shutdownDelayMs: 0,
    shutdownMs: 10_000,
    logLevel: 'info',
  });
  const empty = Object.fromEntries(variables.map(({ name }) => [name, '']));
  expect(readConfig(empty)).toEqual(readConfig({}));
});

test('with PostgreSQL the server listens on all addresses, and needs a secret', () => {
  const DATABASE_URL = 'postgresql://parley:password@db.example:5432/parley';

  expect(readConfig({ DATABASE_URL, JWT_SECRET: secret })).toMatchObject({
    host: '0.0.0.0',
    database: { url: DATABASE_URL },
    auth: { by: 'accounts', secret },
  });
  expect(readConfig({ DATABASE_URL, JWT_SECRET: secret, HOST: '::1' }).host).toBe('::1');
  expect(readConfig({ DATABASE_URL, ...provider }).auth).toMatchObject({ by: 'provider', audience: 'chat' });
  expect(() => readConfig({ DATABASE_URL })).toThrow('JWT_SECRET must be set with DATABASE_URL');
});

test('an identity provider needs issuer and audience, and the other way round', () => {
  expect(readConfig({ ...provider, JWT_SECRET: secret }).auth).toEqual({
    by: 'provider',
    jwksUrl: provider.JWKS_URL,
    issuer: provider.JWT_ISSUER,
    audience: provider.JWT_AUDIENCE,
  });
  for (const name of ['JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    const wrong = name === 'JWKS_URL' ? 'JWT_ISSUER needs JWKS_URL' : `${name} must be set with JWKS_URL`;
    expect(() => readConfig({ ...provider, [name]: '' })).toThrow(wrong);
  }
});

test.each([
  ['PORT', '80a', 'must be a whole number from 0 to 65535'],
  ['PORT', '65536', 'must be a whole number from 0 to 65535'],
  ['DATABASE_URL', 'mysql://db.example/chat', 'must be an address that begins with postgresql:// or postgres://'],
  [
    'DATABASE_URL',
    'postgresql://u:p@ss/x@db.example/chat',
    'has an @ or # behind its host: write @ : / ? # and % within',
  ],
  [
    'DATABASE_URL',
    'postgresql://u:p?ss@db.example/chat',
    'has an @ or # behind its host: write @ : / ? # and % within',
  ],
  [
    'DATABASE_URL',
    'postgresql://u:p#ss@db.example/chat',
    'has an @ or # behind its host: write @ : / ? # and % within',
  ],
  [
    'DATABASE_URL',
    'postgresql://db.example:54x/chat',
    'cannot be read: write it as postgresql://user:password@host:5432/',
  ],
  ['DATABASE_URL', 'postgresql://a:5432,b:5432/chat', 'names several hosts: name one'],
  ['DATABASE_URL', 'postgresql://db.example/chat?sslmode=on', 'has an sslmode that is none of disable, allow, prefer'],
  ['DATABASE_URL', 'postgresql://db.example/chat?sslmode=verify-ca', 'needs sslrootcert'],
  ['DATABASE_URL', 'postgresql://db.example/chat?sslrootcert=/none.pem', 'names a file that cannot be read: /none.pem'],
  ['DIRECT_URL', 'postgresql://db.example/chat', 'needs DATABASE_URL'],
  ['DATABASE_POOL_SIZE', '0', 'must be a whole number from 1 to 1000'],
  ['DATABASE_TIMEOUT_MS', '999', 'must be a whole number from 1000 to 600000'],
  ['REDIS_URL', 'redis.example:6379', 'must be an address that begins with redis:// or rediss://'],
  ['REDIS_URL', 'redis://redis.example/chat', 'has a path that is no number'],
  ['REDIS_URL', 'redis://redis.example:6379x', 'cannot be read: write it as redis://user:password@host:6379'],
  ['REDIS_URL', 'redis://:p@ss/x@redis.example', 'has an @ or # behind its host: write @ : / ? # and % within'],
  ['REDIS_URL', 'redis://:p%zz@redis.example', 'has a % in user or password that encodes nothing'],
  ['REDIS_URL', 'redis://:6379', 'cannot be read'],
  ['REDIS_URL', 'redis://redis.example?db=2', 'has parameters that Parley does not know'],
  ['JWT_SECRET', 'ü'.repeat(15), 'must be at least 32 bytes long'],
  ['JWT_SECRET', 'abcdefg'.repeat(8), 'must be random'],
  ['JWT_SECRET', 'a'.repeat(32), 'must be random'],
  ['JWKS_URL', 'file:///keys', 'must be an address that begins with https:// or http://'],
  ['CORS_ORIGINS', 'https://app.example/page', 'must be origins such as https://app.example'],
  ['CORS_ORIGINS', 'https://app.example,app.example', 'must be origins such as https://app.example'],
  ['IDEMPOTENCY', 'always', 'must be one of optional, required'],
  ['LOG_RETENTION', '30', 'must be a duration such as 90s, 15m, 12h or 30d'],
  ['LOG_RETENTION', '0d', 'must be a duration such as 90s, 15m, 12h or 30d'],
  ['RECONCILE_MS', '1', 'must be a whole number from 10 to 60000'],
  ['MAX_BUFFERED_BYTES', '1MB', 'must be a whole number from 1024 to 1073741824'],
  ['SHUTDOWN_MS', '-1', 'must be a whole number from 0 to 600000'],
  ['LOG_LEVEL', 'verbose', 'must be one of trace, debug, info, warn, error, fatal, silent'],
])('%s=%s is refused: it %s', (name, value, rule) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => readConfig({ [name]: value })).toThrow(`${name} ${rule}`);
});

test('all errors are reported at once, without secrets', () => {
  const read = () => readConfig({ PORT: 'x', LOG_LEVEL: 'x', JWT_SECRET: 'too short' });

  expect(read).toThrow(/^PORT must .*\.\nJWT_SECRET must .*\.\nLOG_LEVEL must .*\.$/);
  expect(read).not.toThrow(/too short/);
});

test('origins are compared as browsers write them, and durations may have any unit', () => {
  const { corsOrigins } = readConfig({
    CORS_ORIGINS: 'https://App.example:443/, http://localhost:5173,capacitor://localhost',
  });
  expect(corsOrigins).toEqual(['https://app.example', 'http://localhost:5173', 'capacitor://localhost']);
  expect(readConfig({ CORS_ORIGINS: '*' }).corsOrigins).toEqual(['*']);

  const retention = (LOG_RETENTION: string) => readConfig({ LOG_RETENTION }).logRetentionMs;
  expect([retention('90s'), retention('15m'), retention('12h')]).toEqual([90_000, 900_000, 43_200_000]);
});

test('each variable has a description', () => {
  expect(variables).toContainEqual({
    name: 'DATA_DIR',
    default: '.parley',
    meaning: expect.stringMatching(/database/),
  });
  for (const { meaning } of variables) expect(meaning).toMatch(/\.$/);
});

test('a secret is created once, is readable only by its owner, and is refused if it is damaged', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-secret-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const path = join(dataDir, 'jwt-secret');

  const made = keptSecret(dataDir);

  expect(Buffer.from(made, 'base64url')).toHaveLength(32);
  expect(keptSecret(dataDir)).toBe(made);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await writeFile(path, 'half');
  expect(() => keptSecret(dataDir)).toThrow(/jwt-secret is damaged: remove it/);
});
