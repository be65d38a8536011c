import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Only its hash is stored. A fast hash is enough, because the token is random or derived with a secret. */
export interface RefreshTokenPair {
  token: string;
  hash: Uint8Array<ArrayBuffer>;
}

export const newRefreshToken = (): RefreshTokenPair => withHash(randomBytes(32));

/**
 * The one token that follows another. A second call returns the same, although only hashes are stored. Without the
 * secret nobody can compute it from an earlier token.
 */
export const successorOf = (token: string, secret: string): RefreshTokenPair =>
  withHash(createHmac('sha256', secret).update(`refresh ${token}`).digest());

export const hashOf = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());

/** Whether the text has the form of a refresh token. Others are not hashed and looked up. */
export const isRefreshToken = (token: string): boolean => /^[\w-]{43}$/.test(token);

function withHash(bytes: Buffer): RefreshTokenPair {
  const token = bytes.toString('base64url');
  return { token, hash: hashOf(token) };
}
