import { z } from 'zod';
import { readAddress } from '../database/address.ts';
import { readRedisAddress } from '../pubsub/redis-address.ts';
import type { AuthConfig } from '../session/session.service.ts';

/** The configuration cannot be used. The message has a line for each wrong variable: its name, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .pipe(z.number().min(min, error).max(max, error));
};
const address = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const readable = (read: (text: string) => object | string) =>
  z.string().superRefine((value, context) => {
    const result = read(value);
    if (typeof result === 'string') context.addIssue(result);
  });
const postgresAddress = readable(readAddress);
const choice = <const T extends string>(...values: T[]) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a duration such as 90s, 15m, 12h or 30d')
  .transform((value) => parseInt(value, 10) * units[value.slice(-1) as keyof typeof units]);

const origins = z.string().transform((list, context) =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(
      (entry) =>
        originOf(entry) ??
        (context.addIssue('must be origins such as https://app.example, separated by commas, or *'), z.NEVER),
    ),
);

/** The entry as a browser writes it in its `Origin` header; undefined if it is no origin. */
function originOf(entry: string): string | undefined {
  if (entry === '*') return entry;
  if (!URL.canParse(entry)) return undefined;
  const { protocol, host, origin, username, pathname, search, hash } = new URL(entry);
  if (host === '' || username + search + hash !== '' || pathname.length > 1) return undefined;
  return origin === 'null' ? `${protocol}//${host}` : origin;
}

const variablesRule = z.object({
  PORT: whole(0, 65_535).prefault('4000').describe('The port of HTTP and WebSocket; 0 takes any free one.'),
  HOST: z
    .string()
    .optional()
    .describe(
      'The address to listen on: 0.0.0.0 with `DATABASE_URL`, else 127.0.0.1, where only this machine reaches it.',
    ),
  DATABASE_URL: postgresAddress
    .optional()
    .describe(
      'PostgreSQL, as `postgresql://user:password@host:5432/name`, with `?schema=` for a schema of its own. Without it the embedded database is used.',
    ),
  DIRECT_URL: postgresAddress
    .optional()
    .describe('PostgreSQL itself, for the migrations, where `DATABASE_URL` is a pooler.'),
  DATABASE_POOL_SIZE: whole(1, 1_000)
    .prefault('10')
    .describe('Connections to PostgreSQL for requests, for each server. It opens 3 more to look after itself.'),
  DATABASE_TIMEOUT_MS: whole(1_000, 600_000)
    .prefault('15000')
    .describe('Milliseconds after which a request that PostgreSQL does not answer fails with `UNAVAILABLE`.'),
  DATA_DIR: z.string().prefault('.parley').describe('Where the embedded database and its secret are kept.'),
  REDIS_URL: readable(readRedisAddress)
    .optional()
    .describe('Redis, as `redis://host:6379`. Needed by several servers on one database: it makes delivery fast.'),
  REDIS_PREFIX: z
    .string()
    .optional()
    .describe('Prefix of all Redis channel names. By default an id that is kept in the database.'),
  JWT_SECRET: z
    .string()
    .refine((value) => Buffer.byteLength(value) >= 32, { error: 'must be at least 32 bytes long', abort: true })
    .refine((value) => new Set(value).size >= 8, {
      error: 'must be random: it has fewer than 8 different characters, so that it can be guessed',
    })
    .optional()
    .describe(
      'Signs the access tokens of the built-in accounts. Required with `DATABASE_URL`; else made and kept in `DATA_DIR`.',
    ),
  JWKS_URL: address('https:', 'http:')
    .optional()
    .describe('The keys of your identity provider. With it the built-in accounts are off.'),
  JWT_ISSUER: z
    .string()
    .refine((value) => value !== 'parley', { error: 'must not be parley: so the built-in accounts call themselves' })
    .optional()
    .describe('The `iss` of your identity provider’s access tokens. Required with `JWKS_URL`.'),
  JWT_AUDIENCE: z
    .string()
    .optional()
    .describe(
      'The `aud` that access tokens must have, so that another service’s are refused. Required with `JWKS_URL`.',
    ),
  CORS_ORIGINS: origins
    .prefault('')
    .describe('Origins of web pages that may call the API, separated by commas, or `*`. By default its own alone.'),
  IDEMPOTENCY: choice('optional', 'required')
    .prefault('optional')
    .describe('Whether mutations need an `Idempotency-Key`: `optional` or `required`.'),
  RECEIPTS: choice('on', 'off')
    .prefault('on')
    .describe('Whether members see how far others have read and received: `on` or `off`.'),
  HEALTH_DETAILS: choice('on', 'off')
    .prefault('off')
    .describe('Whether `/health` tells everyone how much the server does and the state of Redis: `on` or `off`.'),
  PRESENCE: choice('on', 'off')
    .prefault('on')
    .describe('Whether members see who is online, of people who share it: `on` or `off`.'),
  LOG_RETENTION: duration
    .prefault('30d')
    .describe('How long events are kept for clients to resume from, such as `90s`, `12h` or `30d`.'),
  RECONCILE_MS: whole(10, 60_000)
    .prefault('1000')
    .describe('Milliseconds between comparisons with the database: the longest delay without Redis.'),
  MAX_BUFFERED_BYTES: whole(1_024, 1_073_741_824)
    .prefault('1048576')
    .describe('A connection with more unsent bytes is closed; its client reconnects and resumes.'),
  MAX_CONNECTIONS: whole(10, 1_000_000)
    .optional()
    .describe(
      'Connections at once, of HTTP and WebSocket together; one more is closed. By default what the limit of open files leaves after a reserve.',
    ),
  MAX_USER_CONNECTIONS: whole(1, 10_000)
    .prefault('20')
    .describe('WebSockets and streams of Server-Sent Events of one user at once, on one server.'),
  MAX_SOCKET_OPERATIONS: whole(1, 10_000)
    .prefault('50')
    .describe('Operations, subscriptions among them, that may be under way on a WebSocket at once.'),
  HANDSHAKE_MS: whole(100, 600_000)
    .prefault('15000')
    .describe('Milliseconds that a client may take to send the headers of a request, before its connection is closed.'),
  KEEP_ALIVE_MS: whole(0, 3_600_000)
    .prefault('75000')
    .describe(
      'Milliseconds that a connection is kept for a next request: longer than the balancer in front keeps it, which is often 60 s.',
    ),
  SHUTDOWN_DELAY_MS: whole(0, 600_000)
    .prefault('0')
    .describe(
      'Milliseconds before a stop in which readiness is already 503 and all else goes on, for a balancer to notice.',
    ),
  SHUTDOWN_MS: whole(0, 600_000).prefault('10000').describe('Milliseconds that a stop waits for what is under way.'),
  LOG_LEVEL: choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
    .prefault('info')
    .describe('Minimum log level: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.'),
});

/** Every variable, with its default if that is a plain value. The README's table has a row for each. */
export const variables = Object.entries(variablesRule.shape).map(([name, rule]) => ({
  name,
  default: rule instanceof z.ZodPrefault ? rule.def.defaultValue : undefined,
  meaning: rule.description ?? '',
}));

type Variables = z.output<typeof variablesRule>;

/** Reads the configuration from the environment. An empty variable counts as unset. Throws a `ConfigError`. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = variablesRule.safeParse(set);
  const wrong = result.success
    ? [...contradictions(result.data)]
    : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`);
  if (!result.success || wrong.length > 0) throw new ConfigError([...new Set(wrong)].join('\n'));
  const vars = result.data;
  return {
    port: vars.PORT,
    host: vars.HOST ?? (vars.DATABASE_URL === undefined ? '127.0.0.1' : '0.0.0.0'),
    database: {
      url: vars.DATABASE_URL,
      directUrl: vars.DIRECT_URL,
      poolSize: vars.DATABASE_POOL_SIZE,
      timeoutMs: vars.DATABASE_TIMEOUT_MS,
      dataDir: vars.DATA_DIR,
    },
    redis: { url: vars.REDIS_URL, prefix: vars.REDIS_PREFIX },
    auth: authOf(vars),
    corsOrigins: vars.CORS_ORIGINS,
    idempotency: vars.IDEMPOTENCY,
    hasReceipts: vars.RECEIPTS === 'on',
    hasHealthDetails: vars.HEALTH_DETAILS === 'on',
    hasPresence: vars.PRESENCE === 'on',
    logRetentionMs: vars.LOG_RETENTION,
    reconcileMs: vars.RECONCILE_MS,
    maxBufferedBytes: vars.MAX_BUFFERED_BYTES,
    maxConnections: vars.MAX_CONNECTIONS,
    maxUserConnections: vars.MAX_USER_CONNECTIONS,
    maxSocketOperations: vars.MAX_SOCKET_OPERATIONS,
    handshakeMs: vars.HANDSHAKE_MS,
    keepAliveMs: vars.KEEP_ALIVE_MS,
    shutdownDelayMs: vars.SHUTDOWN_DELAY_MS,
    shutdownMs: vars.SHUTDOWN_MS,
    logLevel: vars.LOG_LEVEL,
  };
}

/** Null stands for built-in accounts whose secret is kept in `DATA_DIR`. */
function authOf({ JWKS_URL, JWT_ISSUER, JWT_AUDIENCE, JWT_SECRET }: Variables): AuthConfig | null {
  if (JWKS_URL !== undefined && JWT_ISSUER !== undefined && JWT_AUDIENCE !== undefined) {
    return { by: 'provider', jwksUrl: JWKS_URL, issuer: JWT_ISSUER, audience: JWT_AUDIENCE };
  }
  return JWT_SECRET === undefined ? null : { by: 'accounts', secret: JWT_SECRET };
}

function* contradictions(vars: Variables): Iterable<string> {
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    if (vars.JWKS_URL !== undefined && vars[name] === undefined) yield `${name} must be set with JWKS_URL.`;
    // Without JWKS_URL the built-in accounts are on. An operator who meant to trust only the provider would have an
    // open sign-up.
    if (vars.JWKS_URL === undefined && vars[name] !== undefined) yield `${name} needs JWKS_URL.`;
  }
  if (vars.DATABASE_URL !== undefined && vars.JWKS_URL === undefined && vars.JWT_SECRET === undefined) {
    yield 'JWT_SECRET must be set with DATABASE_URL, the same on every server: at least 32 random bytes (or set JWKS_URL).';
  }
  if (vars.DIRECT_URL !== undefined && vars.DATABASE_URL === undefined) yield 'DIRECT_URL needs DATABASE_URL.';
}
