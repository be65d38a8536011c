import { z } from 'zod';
import { limits } from '../limits.ts';
import { text } from '../validation.ts';

const { min, max } = limits.username;
const username = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .refine((value) => new RegExp(`^[a-z0-9_]{${min},${max}}$`).test(value), {
    error: `must be ${min}–${max} letters a–z, digits or underscores`,
  });

/** One password is one string, however a keyboard composes its characters. They are counted as code points. */
const password = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\0'), {
    error: 'must be well-formed Unicode without the NUL character',
    abort: true,
  })
  .transform((value) => value.normalize('NFKC'))
  .refine((value) => [...value].length >= limits.password.min && [...value].length <= limits.password.max, {
    error: `must be ${limits.password.min}–${limits.password.max} characters`,
  });

const displayName = text(limits.displayName).transform((value) => value.trim());

export const signUpInput = z.object({ username, password, displayName: displayName.nullish() });
export const signInInput = z.object({ username, password });

export const REFRESH_TOKEN_LIFETIME_MS = 30 * 24 * 3_600_000;
/** After its first use a refresh token is good for as long again: its answer was lost, or a second tab was as fast. */
const REUSE_MS = 30_000;

/** A token used again later has been copied: whoever holds the family, it is over. */
export function judgeRefreshToken(
  token: { expiresAt: Date; usedAt: Date | null } | null,
  now: Date,
): 'good' | 'refused' | 'stolen' {
  if (!token || token.expiresAt <= now) return 'refused';
  return token.usedAt && now.getTime() - token.usedAt.getTime() > REUSE_MS ? 'stolen' : 'good';
}

/** What an identity provider calls a person. */
export interface ProviderNames {
  name?: string | undefined;
  preferredUsername?: string | undefined;
}

/** The provider's username, folded to the rule; of an e-mail address what is before the @, which is nobody's business. */
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

/** The first of the provider's names that the rule allows. */
export function displayNameOf({ name, preferredUsername = '' }: ProviderNames, fallback: string): string {
  return [name, handle(preferredUsername)].map((value) => displayName.safeParse(value).data).find(Boolean) ?? fallback;
}

const handle = (preferredUsername: string): string => preferredUsername.split('@')[0]!;
