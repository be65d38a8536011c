import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { PrismaClient } from '../database/generated/client.ts';
import { UnavailableError } from '../errors.ts';
import { type Grant, tokenEnd } from './access-token.ts';
import { bounded } from '../validation.ts';
import { displayNameOf, foldUsername, isUsername, type ProviderNames, withSuffix } from './session.rules.ts';

/** The provider's keys cannot be fetched, so that tokens cannot be verified at present. A retry may succeed. */
export class IdentityProviderUnavailableError extends UnavailableError {
  override readonly name = 'IdentityProviderUnavailableError';
}

const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const RENEW_MS = 5 * 60_000;
const USABLE_MS = 60 * 60_000;
const COOLDOWN_MS = 30_000;
const TIMEOUT_MS = 5_000;
const CLOCK_TOLERANCE = '5 s';
/** Maximum number of users whose ids are cached. */
const REMEMBERED = 50_000;

/** A longer name is ignored, because it would be expensive to fold and normalise. */
const name = bounded(1_024).optional().catch(undefined);
const claimsRule = z.object({ sub: bounded(1_020).min(1).max(255), exp: tokenEnd, name, preferred_username: name });

/** Verifies the access tokens of an identity provider. A user is created when they are first seen. */
export function createIdentityProvider(
  db: PrismaClient,
  { jwksUrl, issuer, audience }: { jwksUrl: string; issuer: string; audience: string },
) {
  const key = createKeys(jwksUrl);
  const userIds = new LRUCache<string, string>({ max: REMEMBERED });

  async function findOrMakeUser(subject: string, names: ProviderNames): Promise<string> {
    const where = { issuer_subject: { issuer, subject } };
    const known = await db.user.findUnique({ where, select: { id: true } });
    if (known) return known.id;
    for (const username of usernames(names)) {
      // Nothing is created if another request was faster, or if the username is taken.
      const [made] = await db.user.createManyAndReturn({
        data: { issuer, subject, username, displayName: displayNameOf(names, username) },
        skipDuplicates: true,
        select: { id: true },
      });
      const user = made ?? (await db.user.findUnique({ where, select: { id: true } }));
      if (user) return user.id;
    }
    throw new Error('unreachable: usernames never end');
  }

  return {
    /**
     * Throws a `JOSEError` if the token is not valid, and an `IdentityProviderUnavailableError` if it cannot be
     * verified.
     */
    async verify(token: string): Promise<Grant> {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: CLOCK_TOLERANCE,
      });
      const claims = claimsRule.safeParse(payload);
      if (!claims.success) throw new errors.JWTInvalid('its "sub" is not a usable identifier');
      const { sub, exp, name, preferred_username: preferredUsername } = claims.data;
      const userId = userIds.get(sub) ?? (await findOrMakeUser(sub, { name, preferredUsername }));
      userIds.set(sub, userId);
      return { userId, expiresAt: new Date(exp * 1000), sessionId: null };
    },
  };
}

function* usernames(names: ProviderNames): Generator<string> {
  const folded = foldUsername(names);
  if (isUsername(folded)) yield folded;
  for (;;) yield withSuffix(folded, randomBytes(3).toString('hex'));
}

/** Fetches the provider's keys and renews them in the background, so that short outages of it have no effect. */
function createKeys(jwksUrl: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: USABLE_MS,
    cooldownDuration: COOLDOWN_MS,
    timeoutDuration: TIMEOUT_MS,
  });
  let renewedAt = Date.now();

  return async (header, token) => {
    if (Date.now() - renewedAt > RENEW_MS) {
      renewedAt = Date.now();
      keys.reload().catch(() => undefined);
    }
    try {
      return await keys(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      throw new IdentityProviderUnavailableError(
        'Who you are cannot be checked now, because the identity provider does not answer. Try again in a moment.',
        { cause: error },
      );
    }
  };
}

const isAboutTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;
