import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { displayName } from '../user/user.rules.ts';
import { bounded } from '../validation.ts';
import { required } from '../required.ts';

const { min, max } = limits.username;
const usernameError = `must be ${min}–${max} letters a–z, digits or underscores`;
const username = bounded(limits.username.bytes, usernameError)
  .transform((value) => value.trim().toLowerCase())
  .refine((value) => new RegExp(`^[a-z0-9_]{${min},${max}}$`).test(value), { error: usernameError });

/** A password is normalised, because keyboards compose characters differently. Its code points are counted. */
const password = bounded(limits.password.bytes)
  .transform((value) => value.normalize('NFKC'))
  .refine((value) => [...value].length >= limits.password.min && [...value].length <= limits.password.max, {
    error: `must be ${limits.password.min}–${limits.password.max} characters`,
  });

/** Only new passwords are checked, because old accounts may have such a password. */
const newPassword = password.refine((value) => new Set(value).size > 1, {
  error: 'must not be one character repeated',
});

const isNotTheUsername = (input: { username: string; password: string }): boolean =>
  input.password.trim().toLowerCase() !== input.username;
const theUsername = { path: ['password'], error: 'must not be the username' };

export const signUpInput = z
  .object({ username, password: newPassword, displayName: displayName.nullish() })
  .refine(isNotTheUsername, theUsername);
export const newPasswordInput = z.object({ username, password: newPassword }).refine(isNotTheUsername, theUsername);
export const signInInput = z.object({ username, password });
export const deleteAccountInput = z.object({ password });
export const changePasswordInput = z.object({ currentPassword: password, newPassword });

/** The same rule as at signing up, for a user whose username is read from the database. */
export function requireOtherThanUsername(newPassword: string, username: string): void {
  if (!isNotTheUsername({ username, password: newPassword })) {
    throw new InvalidInputError('newPassword', theUsername.error);
  }
}

const REFRESH_TOKEN_LIFETIME_MS = 30 * 24 * 3_600_000;
/** The maximum lifetime of a session, however often it is refreshed. */
const SESSION_LIFETIME_MS = 180 * 24 * 3_600_000;
/**
 * Milliseconds that a used token is accepted again if its successor is unknown: an earlier version made them at random.
 */
const FOREIGN_SUCCESSOR_MS = 30_000;

interface StoredToken {
  expiresAt: Date;
  usedAt: Date | null;
}

/**
 * Decides on a refresh token. A `good` one gets its successor. A `repeated` one gets the same successor again: the
 * response may have been lost, or a second tab refreshed at the same time. If the successor was used already, the token
 * was copied (`stolen`), and the session ends for all who hold one of its tokens.
 */
export function judgeRefreshToken(
  token: StoredToken | null,
  successor: StoredToken | null,
  now: Date,
): 'good' | 'repeated' | 'refused' | 'stolen' {
  if (!token || token.expiresAt <= now) return 'refused';
  if (token.usedAt === null) return 'good';
  if (successor) return successor.usedAt === null ? 'repeated' : 'stolen';
  return now.getTime() - token.usedAt.getTime() > FOREIGN_SUCCESSOR_MS ? 'stolen' : 'good';
}

/** When a token that is created now expires. It is never after the end of its session. */
export const refreshTokenEnd = (session: { createdAt: Date }, now: Date): Date =>
  new Date(Math.min(now.getTime() + REFRESH_TOKEN_LIFETIME_MS, session.createdAt.getTime() + SESSION_LIFETIME_MS));

/** The names of a person at an identity provider. */
export interface ProviderNames {
  name?: string | undefined;
  preferredUsername?: string | undefined;
}

/**
 * The provider's username, changed to fit the rule. Of an e-mail address only the part before the @ is used, because
 * the address is private.
 */
export function foldUsername({ preferredUsername = '' }: ProviderNames): string {
  return handle(preferredUsername)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, max);
}

/** A username that is probably free. */
export const withSuffix = (folded: string, suffix: string): string =>
  `${(folded || 'user').slice(0, max - suffix.length - 1)}_${suffix}`;

export const isUsername = (value: string): boolean => username.safeParse(value).success;

/** The first of the provider's names that is a valid display name. */
export function displayNameOf({ name, preferredUsername = '' }: ProviderNames, fallback: string): string {
  return [name, handle(preferredUsername)].map((value) => displayName.safeParse(value).data).find(Boolean) ?? fallback;
}

const handle = (preferredUsername: string): string => required(preferredUsername.split('@')[0]);
