import type { PrismaClient } from '../database/generated/client.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { parse } from '../validation.ts';
import { hashPassword } from './password.ts';
import { endSessions, ofUser } from './session-endings.ts';
import { newPasswordInput } from './session.rules.ts';

/** Sets a password for a user who has forgotten it. Ends the user's sessions and returns how many there were. */
export async function setPassword(db: PrismaClient, input: { username: string; password: string }): Promise<number> {
  const { username, password } = parse(newPasswordInput, input);
  const user = await db.user.findUnique({ where: { username } });
  if (!user) throw new NotFoundError(`There is no user ${username}.`);
  if (user.issuer !== null) {
    throw new ConflictError(`${username} signs in at the identity provider ${user.issuer}: set the password there.`);
  }
  const passwordHash = await hashPassword(password);
  const ended = await db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    return endSessions(tx, ofUser(user.id));
  });
  return ended.length;
}
