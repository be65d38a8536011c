import { decodeJwt, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import type { PrismaClient } from '../database/generated/client.ts';
import { ForbiddenError } from '../errors.ts';
import { createAccessTokens, type Grant, OWN_ISSUER } from './access-token.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { createIdentityProvider } from './identity-provider.ts';

/** Whose tokens are good: those of the built-in accounts, or those of an identity provider. */
export type AuthConfig =
  { by: 'accounts'; secret: string } | { by: 'provider'; jwksUrl: string; issuer: string; audience: string };

/** Whom an `Authorization` header names. */
export type Identified =
  { is: 'user'; userId: string; expiresAt: Date } | { is: 'anonymous' } | { is: 'refused'; reason: string };

/** Who issues tokens, and who can tell whether one is genuine. */
interface Issuer {
  issuer: string;
  verify(token: string): Promise<Grant>;
  accounts: Accounts;
}

export type SessionService = ReturnType<typeof createSessionService>;

export function createSessionService({ db, auth }: { db: PrismaClient; auth: AuthConfig }) {
  const { issuer, verify, accounts } = auth.by === 'accounts' ? own(db, auth.secret) : foreign(db, auth);

  // A token is sent with every request and its signature is dear. A key that is withdrawn counts a minute longer.
  const verified = new LRUCache<string, Grant>({ max: 10_000, ttl: 60_000 });

  return {
    ...accounts,

    /** Fails only if it cannot be told who it is: an `IdentityProviderUnavailableError`, or the database's error. */
    async identify(authorization: string | null | undefined): Promise<Identified> {
      if (authorization == null || authorization.trim() === '') return { is: 'anonymous' };
      const token = /^Bearer +([\w.-]+) *$/i.exec(authorization)?.[1];
      if (token === undefined) return refused('Authorization must be `Bearer <access token>`.');
      const known = verified.get(token);
      if (known && known.expiresAt.getTime() > Date.now()) return { is: 'user', ...known };
      try {
        // Before any key is chosen: a token of one kind is never tried with a key of the other.
        if (decodeJwt(token).iss !== issuer) return refused('The access token is of another issuer.');
        const grant = await verify(token);
        verified.set(token, grant);
        return { is: 'user', ...grant };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return refused('The access token has expired.');
        if (error instanceof errors.JOSEError) return refused(`The access token is not good: ${error.message}.`);
        throw error;
      }
    },
  };
}

const refused = (reason: string): Identified => ({ is: 'refused', reason });

function own(db: PrismaClient, secret: string): Issuer {
  const accessTokens = createAccessTokens(secret);
  return { issuer: OWN_ISSUER, verify: accessTokens.verify, accounts: createAccounts(db, accessTokens) };
}

function foreign(db: PrismaClient, auth: Extract<AuthConfig, { by: 'provider' }>): Issuer {
  const off = () => Promise.reject(new ForbiddenError('Accounts are kept by your identity provider: sign in there.'));
  const accounts = { signUp: off, signIn: off, refresh: off, signOut: off };
  return { issuer: auth.issuer, verify: createIdentityProvider(db, auth).verify, accounts };
}
