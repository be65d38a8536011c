import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's least for Argon2id, which is the library's default algorithm: 19 MiB, two passes, one thread. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

let decoy: Promise<string> | undefined;

/** Without a hash it takes as long and fails: the time does not tell whether the account exists. */
export async function isPassword(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  if (passwordHash != null) return verify(passwordHash, password);
  decoy ??= hashPassword(randomUUID());
  await verify(await decoy, password);
  return false;
}
