import { decodeJwt, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import type { PrismaClient } from '../database/generated/client.ts';
import { ForbiddenError } from '../errors.ts';
import { limits } from '../limits.ts';
import { isWithin } from '../validation.ts';
import { createAccessTokens, type Grant, OWN_ISSUER } from './access-token.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { createActiveSessions, useGrant } from './active-sessions.ts';
import { createIdentityProvider } from './identity-provider.ts';
import type { LiveSessions } from './live-sessions.ts';

/** The source of the accepted tokens: the built-in accounts, or an identity provider. */
export type AuthConfig =
  { by: 'accounts'; secret: string } | { by: 'provider'; jwksUrl: string; issuer: string; audience: string };

/** The user that an `Authorization` header names. */
export type Identified = ({ is: 'user' } & Grant) | { is: 'anonymous' } | { is: 'refused'; reason: string };

/** An issuer of tokens, which can verify them. */
interface Issuer {
  issuer: string;
  verify(token: string): Promise<Grant>;
  accounts: Accounts & ReturnType<typeof createActiveSessions>;
}

export type SessionService = ReturnType<typeof createSessionService>;

export function createSessionService({ db, auth, live }: { db: PrismaClient; auth: AuthConfig; live: Live }) {
  const { issuer, verify, accounts } = auth.by === 'accounts' ? own(db, auth.secret, live) : foreign(db, auth);

  // Verifying a signature on every request is expensive, so the result is cached for a minute. A revoked signing key
  // therefore works up to a minute longer. An entry is removed when its session ends.
  const verified = new LRUCache<string, { grant: Grant; release: () => void }>({
    max: 10_000,
    ttl: 60_000,
    ttlAutopurge: true,
    dispose: ({ release }) => release(),
  });

  function remember(token: string, grant: Grant): void {
    const { sessionId } = grant;
    const release = sessionId === null ? () => undefined : live.hold(sessionId, () => verified.delete(token));
    verified.set(token, { grant, release });
  }

  return {
    ...accounts,

    /**
     * Throws only if it cannot find out the user: an `IdentityProviderUnavailableError`, or an error of the database.
     */
    async identify(authorization: string | null | undefined): Promise<Identified> {
      if (authorization != null && !isWithin(authorization, limits.authorization.bytes)) {
        return refused(`Authorization must be at most ${limits.authorization.bytes} bytes long.`);
      }
      if (authorization == null || authorization.trim() === '') return { is: 'anonymous' };
      const token = /^Bearer +([\w.-]+) *$/i.exec(authorization)?.[1];
      if (token === undefined) return refused('Authorization must be `Bearer <access token>`.');
      const known = verified.get(token);
      if (known && known.grant.expiresAt.getTime() > Date.now()) return { is: 'user', ...known.grant };
      try {
        // The issuer is compared first, so that a token of one issuer is never verified with a key of another.
        if (decodeJwt(token).iss !== issuer) return refused('The access token has another issuer.');
        const grant = await verify(token);
        remember(token, grant);
        return { is: 'user', ...grant };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return refused('The access token has expired.');
        if (error instanceof errors.JOSEError) return refused(`The access token is not valid: ${error.message}.`);
        throw error;
      }
    },
  };
}

const refused = (reason: string): Identified => ({ is: 'refused', reason });

/** Announces ended sessions to this server, and calls back when one ends. */
type Live = Pick<LiveSessions, 'hold' | 'ended'>;

function own(db: PrismaClient, secret: string, { ended }: Live): Issuer {
  const accessTokens = createAccessTokens(secret);
  async function verify(token: string): Promise<Grant> {
    const grant = await accessTokens.verify(token);
    if (await useGrant(db, grant)) return grant;
    throw new errors.JWTInvalid(`its ${grant.sessionId === null ? 'account does not exist' : 'session has ended'}`);
  }
  const accounts = createAccounts({ db, secret, accessTokens, ended });
  return { issuer: OWN_ISSUER, verify, accounts: { ...accounts, ...createActiveSessions(db, ended) } };
}

function foreign(db: PrismaClient, auth: Extract<AuthConfig, { by: 'provider' }>): Issuer {
  const off = (what: string) => (): Promise<never> =>
    Promise.reject(new ForbiddenError(`Accounts are kept by your identity provider: ${what} there.`));
  const signIn = off('sign in');
  const seeSessions = off('see and end sessions');
  const accounts = {
    signUp: signIn,
    signIn,
    refresh: signIn,
    signOut: signIn,
    changePassword: off('change the password'),
    sessions: seeSessions,
    endSession: seeSessions,
    endOtherSessions: seeSessions,
  };
  return { issuer: auth.issuer, verify: createIdentityProvider(db, auth).verify, accounts };
}
