import { createSecretKey, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

export const OWN_ISSUER = 'parley';
const LIFETIME_SECONDS = 15 * 60;

/** Whom a token is good for, and until when. */
export interface Grant {
  userId: string;
  expiresAt: Date;
}

/** The access tokens of the built-in accounts. */
export function createAccessTokens(secret: string) {
  const key = createSecretKey(secret, 'utf8');
  return {
    async issue(userId: string): Promise<{ token: string; expiresAt: Date }> {
      const issued = Math.floor(Date.now() / 1000);
      const expires = issued + LIFETIME_SECONDS;
      // With an id no two are the same: clients tell an old token from a new one by comparing.
      const token = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(OWN_ISSUER)
        .setSubject(userId)
        .setIssuedAt(issued)
        .setExpirationTime(expires)
        .sign(key);
      return { token, expiresAt: new Date(expires * 1000) };
    },

    /** Fails with a `JOSEError` if the token is not to be trusted. */
    async verify(token: string): Promise<Grant> {
      const { payload } = await jwtVerify<{ sub: string; exp: number }>(token, key, {
        algorithms: ['HS256'],
        issuer: OWN_ISSUER,
        requiredClaims: ['sub', 'exp'],
      });
      return { userId: payload.sub, expiresAt: new Date(payload.exp * 1000) };
    },
  };
}
