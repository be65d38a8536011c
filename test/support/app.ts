import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { inject } from 'vitest';
import type { AppOptions } from '../../src/app-options.ts';
import { startApp, type App } from '../../src/app.ts';
import type { Database } from '../../src/database/open.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import { createRedisPubSub } from '../../src/pubsub/redis.ts';
import type { PubSub } from '../../src/pubsub/pubsub.ts';
import { encodeId } from '../../src/graphql/ids.ts';
import { createAccessTokens } from '../../src/session/access-token.ts';
import { openTestDatabase } from './database.ts';
import { socketClient, TestStream } from './stream.ts';
import { until } from './until.ts';

export const secret = 'the secret of the tests: 32 bytes or more';
const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

export const createTestPubSub = (prefix: string): PubSub => {
  const url = inject('redisUrl');
  return url === null ? createMemoryPubSub() : createRedisPubSub({ url, prefix: `${prefix}:`, logger });
};

/** Options for a server that does not query the database by itself while a test runs. */
export const silent = {
  reconcileMs: 3_600_000,
  canaryMs: 3_600_000,
  presenceMs: 3_600_000,
} satisfies Partial<AppOptions>;

/** Starts a server for one test, on the database and the PubSub of the running project. */
export async function startTestServer(options: Partial<AppOptions> = {}): Promise<TestServer> {
  const database = options.database ?? (await openTestDatabase());
  const pubsub = options.pubsub ?? createTestPubSub(database.deploymentId);
  const app = await startApp({
    logger,
    auth: { by: 'accounts', secret },
    host: '127.0.0.1',
    port: 0,
    corsOrigins: [],
    idempotency: 'optional',
    hasReceipts: true,
    hasHealthDetails: true,
    hasPresence: true,
    reconcileMs: 1_000,
    maxBufferedBytes: 1024 * 1024,
    maxUserConnections: 1_000,
    maxSocketOperations: 50,
    handshakeMs: 15_000,
    // Client and server share this process. While it is busy, neither notices in time that the other has closed a
    // connection.
    keepAliveMs: 75_000,
    shutdownDelayMs: 0,
    shutdownMs: 1_000,
    logRetentionMs: 30 * 24 * 3_600_000,
    webRoot: 'dist/web',
    // An unmarked field throws an uncaught error, which fails the run.
    onUnmarkedField: (operation) =>
      queueMicrotask(() => {
        throw new Error(`${operation} selects a field that depends on the viewer and is not marked`);
      }),
    ...options,
    database,
    pubsub,
  });
  return new TestServer(app, database, async () => {
    await app.stop();
    if (!options.pubsub) await pubsub.close();
    if (!options.database) await database.close();
  });
}

/** For a session service without a server: there are no connections to close. */
export const nobodyLive = { hold: () => () => undefined, ended: () => undefined };

/**
 * Starts two servers that share PostgreSQL and Redis. With the embedded database there is one server, which is returned
 * twice.
 */
export async function startTwoServers(
  options: Partial<AppOptions> = {},
): Promise<{ one: TestServer; two: TestServer; stop: () => Promise<void> }> {
  const one = await startTestServer(options);
  if (one.database.kind === 'embedded') return { one, two: one, stop: one.stop };
  const two = await startTestServer(options);
  return { one, two, stop: async () => void (await Promise.all([one.stop(), two.stop()])) };
}

export class TestServer {
  readonly app: App;
  readonly database: Database;
  readonly stop: () => Promise<void>;

  constructor(app: App, database: Database, stop: () => Promise<void>) {
    this.app = app;
    this.database = database;
    this.stop = stop;
  }

  get url(): string {
    return `http://127.0.0.1:${this.app.port}/graphql`;
  }

  /** A client without a token. */
  stranger(): TestUser {
    return new TestUser(this, '', '', '');
  }

  /** Creates a user who is signed in, without the cost of hashing a password. */
  async user(name = 'user'): Promise<TestUser> {
    const username = `${name}_${randomUUID().slice(0, 8)}`;
    const { id } = await this.database.db.user.create({ data: { username, displayName: name } });
    return new TestUser(this, id, username, await tokenFor(id));
  }
}

/** Makes a token of a user that expires after this number of seconds. */
export const expiringToken = (user: TestUser, seconds: number): Promise<string> =>
  new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('parley')
    .setSubject(user.rowId)
    .setExpirationTime(Math.ceil(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(secret));

export const tokenFor = async (userId: string): Promise<string> =>
  (await createAccessTokens(secret).issue(userId)).token;

/** A user at one server. `at` returns the same user at another server. */
export class TestUser {
  readonly server: TestServer;
  readonly rowId: string;
  readonly username: string;
  readonly token: string;

  constructor(server: TestServer, rowId: string, username: string, token: string) {
    this.server = server;
    this.rowId = rowId;
    this.username = username;
    this.token = token;
  }

  get id(): string {
    return encodeId('User', this.rowId);
  }

  at(server: TestServer): TestUser {
    return new TestUser(server, this.rowId, this.username, this.token);
  }

  async request(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    return {
      status: response.status,
      headers: response.headers,
      ...((await response.json()) as Pick<Answer, 'data' | 'errors'>),
    };
  }

  /** Returns the result of the operation's only field. Fails the test if there is an error. */
  async ask<T = Record<string, unknown>>(
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<T> {
    const { data, errors } = await this.request(query, variables, headers);
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data ?? {})[0] as T;
  }

  /** Opens a subscription on a socket of its own. */
  subscribe(query: string, variables: Record<string, unknown> = {}): TestStream {
    return TestStream.open(socketClient(this.server.app.port, this.token || null), query, variables);
  }

  /** Does the same as `follow`, over Server-Sent Events. */
  async followSse(query: string): Promise<TestStream> {
    const { fanout } = this.server.app;
    const before = fanout.size().subscribers;
    const stream = TestStream.openSse(this.server.url, this.token, query);
    await until(
      () => fanout.size().subscribers > before || stream.over,
      () => 'a live subscription',
    );
    return stream;
  }

  /**
   * Opens a subscription and waits until the server has accepted it, so that it receives all later events. Do not open
   * two at once on one server.
   */
  async follow(query: string, variables: Record<string, unknown> = {}): Promise<TestStream> {
    const { fanout } = this.server.app;
    const before = fanout.size().subscribers;
    const stream = this.subscribe(query, variables);
    await until(
      () => fanout.size().subscribers > before || stream.over,
      () => 'a live subscription',
    );
    return stream;
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: unknown[]; extensions: { code: string } }[];
}
