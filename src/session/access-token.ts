import { createSecretKey, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

export const OWN_ISSUER = 'parley';
const LIFETIME_SECONDS = 15 * 60;

/** An `exp` that JavaScript can represent as a date. */
export const tokenEnd = z.number().max(8_640_000_000_000);
/** Tokens of version 0.1.0 have no `sid`. */
const claimsRule = z.object({ sub: z.uuid(), exp: tokenEnd, sid: z.uuid().optional() });

/** The user of a token, and the time at which it expires. */
export interface Grant {
  userId: string;
  expiresAt: Date;
  /** The token's session. It is null for tokens of an identity provider, and of version 0.1.0. */
  sessionId: string | null;
}

/** Issues and verifies the access tokens of the built-in accounts. */
export function createAccessTokens(secret: string) {
  const key = createSecretKey(secret, 'utf8');
  return {
    async issue(userId: string, sessionId?: string): Promise<{ token: string; expiresAt: Date }> {
      const issued = Math.floor(Date.now() / 1000);
      const expires = issued + LIFETIME_SECONDS;
      // `jti` makes every token unique, so that clients can compare tokens.
      const token = await new SignJWT({ jti: randomUUID(), ...(sessionId && { sid: sessionId }) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(OWN_ISSUER)
        .setSubject(userId)
        .setIssuedAt(issued)
        .setExpirationTime(expires)
        .sign(key);
      return { token, expiresAt: new Date(expires * 1000) };
    },

    /** Throws a `JOSEError` if the token is not valid. */
    async verify(token: string): Promise<Grant> {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        issuer: OWN_ISSUER,
        requiredClaims: ['sub', 'exp'],
      });
      const claims = claimsRule.safeParse(payload);
      if (!claims.success) throw new errors.JWTInvalid('its "sub" names no account');
      const { sub, exp, sid } = claims.data;
      return { userId: sub, expiresAt: new Date(exp * 1000), sessionId: sid ?? null };
    },
  };
}
