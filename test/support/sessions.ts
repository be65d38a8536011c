import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Session } from '../../src/database/generated/client.ts';
import { encodeId } from '../../src/graphql/ids.ts';
import { TestUser, type TestServer } from './app.ts';

export const password = 'correct horse battery staple';

const SESSION = '... on Session { accessToken refreshToken user { id username } }';
const session = (field: string, input: string, more = '') =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { __typename ${SESSION} ... on Error { code message } ${more} } }`;
export const SIGN_IN = session('signIn', 'SignInInput');
const REFRESH = session('refreshSession', 'RefreshSessionInput');
export const CHANGE_PASSWORD = session('changePassword', 'ChangePasswordInput', '... on InvalidInputError { field }');

export interface Issued {
  accessToken: string;
  refreshToken: string;
  user: { id: string; username: string };
}

/** A user of a built-in account on one device, with the tokens of its session. */
export class Device extends TestUser {
  readonly refreshToken: string;

  constructor(server: TestServer, { accessToken, refreshToken, user }: Issued, rowId: string) {
    super(server, rowId, user.username, accessToken);
    this.refreshToken = refreshToken;
  }

  /** The id of the session in the database. */
  get sessionId(): string {
    const claims = JSON.parse(Buffer.from(this.token.split('.')[1]!, 'base64url').toString()) as { sid: string };
    return claims.sid;
  }

  get globalSessionId(): string {
    return encodeId('ActiveSession', this.sessionId);
  }

  row(): Promise<Session | null> {
    return this.server.database.db.session.findUnique({ where: { id: this.sessionId } });
  }
}

export async function signUp(server: TestServer, name = 'ada', userAgent = 'tests'): Promise<Device> {
  const input = { username: `${name}_${randomUUID().slice(0, 8)}`, password };
  return device(
    server,
    await server.stranger().ask<Issued>(session('signUp', 'SignUpInput'), { input }, agent(userAgent)),
  );
}

/** Signs the user in on another device. */
export async function signIn(
  server: TestServer,
  user: TestUser,
  userAgent = 'tests',
  secret = password,
): Promise<Device> {
  const input = { username: user.username, password: secret };
  return device(server, await server.stranger().ask<Issued>(SIGN_IN, { input }, agent(userAgent)));
}

const agent = (userAgent: string) => ({ 'user-agent': userAgent });

async function device(server: TestServer, issued: Issued): Promise<Device> {
  if (!issued.user) throw new Error(JSON.stringify(issued));
  const { id } = await server.database.db.user.findUniqueOrThrow({ where: { username: issued.user.username } });
  return new Device(server, issued, id);
}

export const refresh = (server: TestServer, { refreshToken }: { refreshToken: string }): Promise<Issued> =>
  server.stranger().ask<Issued>(REFRESH, { input: { refreshToken } });

/** The code with which a user's token is refused, if it is refused. */
export const isRefused = async (user: TestUser): Promise<string | undefined> =>
  (await user.request('{ viewer { id } }')).errors?.[0]?.extensions.code;

/** Expects that nothing of the device's session is valid any more, on any of these servers. */
export async function expectEnded(device: Device, ...servers: TestServer[]): Promise<void> {
  for (const server of servers) {
    await expect.poll(() => isRefused(device.at(server)), { timeout: 2_000 }).toBe('UNAUTHENTICATED');
  }
  expect(await refresh(device.server, device)).toMatchObject({ code: 'FORBIDDEN' });
}

export async function expectAlive(device: Device, ...servers: TestServer[]): Promise<void> {
  for (const server of servers) expect(await isRefused(device.at(server))).toBeUndefined();
}

/** Matches a socket that the server has closed with this code. */
export const closed = (code: number) => ({ error: expect.objectContaining({ code }) as unknown });
