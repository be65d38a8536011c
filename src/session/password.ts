import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { RateLimitedError } from '../errors.ts';
import { limits } from '../limits.ts';
import { createBoundedQueue } from './bounded-queue.ts';

/**
 * The minimum that OWASP recommends for Argon2id, which is the library's default algorithm: 19 MiB, two passes, one
 * thread.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const { running, waiting, retryAfterMs } = limits.passwordHashes;
const queued = createBoundedQueue(
  running,
  waiting,
  () => new RateLimitedError('Too many sign in at this moment. Wait a moment, then try again.', retryAfterMs),
);

/** Throws a `RateLimitedError` if too many wait. */
export const hashPassword = (password: string): Promise<string> => queued(() => hash(password, cost));

let decoy: Promise<string> | undefined;

/**
 * Without a hash it takes as long and answers false, so that the time does not show whether the account exists. Throws
 * a `RateLimitedError` if too many wait.
 */
export function isPassword(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  return queued(async () => {
    if (passwordHash != null) return verify(passwordHash, password);
    decoy ??= hash(randomUUID(), cost);
    await verify(await decoy, password);
    return false;
  });
}
