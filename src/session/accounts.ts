import type { PrismaClient, User } from '../database/generated/client.ts';
import { ConflictError, ForbiddenError } from '../errors.ts';
import { databaseTime, type Transaction } from '../events/change.ts';
import { parse } from '../validation.ts';
import type { createAccessTokens } from './access-token.ts';
import { hashPassword, isPassword } from './password.ts';
import { hashOf, newRefreshToken } from './refresh-token.ts';
import { judgeRefreshToken, REFRESH_TOKEN_LIFETIME_MS, signInInput, signUpInput } from './session.rules.ts';

/** What a client holds of a session, and whose it is. */
export interface IssuedSession {
  accessToken: string;
  refreshToken: string;
  /** Of the access token. */
  expiresAt: Date;
  user: User;
}

export type Accounts = ReturnType<typeof createAccounts>;

/**
 * The built-in accounts. A session is a family of refresh tokens, each made from an earlier one; its row is locked
 * before its tokens, by whatever changes or ends it.
 */
export function createAccounts(db: PrismaClient, accessTokens: ReturnType<typeof createAccessTokens>) {
  async function addRefreshToken(tx: Transaction, sessionId: string, now: Date): Promise<string> {
    const { token, hash } = newRefreshToken();
    const expiresAt = new Date(now.getTime() + REFRESH_TOKEN_LIFETIME_MS);
    await tx.refreshToken.create({ data: { hash, sessionId, expiresAt } });
    return token;
  }

  async function begin(tx: Transaction, user: User) {
    const session = await tx.session.create({ data: { userId: user.id } });
    return { user, refreshToken: await addRefreshToken(tx, session.id, session.createdAt) };
  }

  /** The next token of the family, or null: the token is refused, and if it was stolen the family has ended. */
  async function rotate(tx: Transaction, token: string): Promise<{ user: User; refreshToken: string } | null> {
    const hash = hashOf(token);
    const [session] = await tx.$queryRaw<{ id: string; userId: string }[]>`
      SELECT s.id, s.user_id AS "userId" FROM refresh_token t JOIN session s ON s.id = t.session_id
      WHERE t.hash = ${hash} FOR NO KEY UPDATE OF s`;
    if (!session) return null;
    const used = await tx.refreshToken.findUnique({ where: { hash } });
    const now = await databaseTime(tx);
    const verdict = judgeRefreshToken(used, now);
    if (verdict === 'stolen') await tx.session.delete({ where: { id: session.id } });
    if (verdict !== 'good') return null;
    await tx.refreshToken.updateMany({ where: { hash, usedAt: null }, data: { usedAt: now } });
    await tx.refreshToken.deleteMany({ where: { sessionId: session.id, expiresAt: { lte: now } } });
    const refreshToken = await addRefreshToken(tx, session.id, now);
    return { user: await tx.user.findUniqueOrThrow({ where: { id: session.userId } }), refreshToken };
  }

  async function issue({ user, refreshToken }: { user: User; refreshToken: string }): Promise<IssuedSession> {
    const { token, expiresAt } = await accessTokens.issue(user.id);
    return { accessToken: token, refreshToken, expiresAt, user };
  }

  return {
    async signUp(input: { username: string; password: string; displayName?: string | null | undefined }) {
      const { username, password, displayName } = parse(signUpInput, input);
      const passwordHash = await hashPassword(password);
      const begun = await db.$transaction(async (tx) => {
        const data = { username, displayName: displayName ?? username, passwordHash };
        const [user] = await tx.user.createManyAndReturn({ data, skipDuplicates: true });
        return user && begin(tx, user);
      });
      if (!begun) throw new ConflictError(`The username ${username} is taken.`);
      return issue(begun);
    },

    /** One answer for an unknown username and a wrong password. */
    async signIn(input: { username: string; password: string }) {
      const { username, password } = parse(signInInput, input);
      const user = await db.user.findUnique({ where: { username } });
      if (!(await isPassword(password, user?.passwordHash)) || !user) {
        throw new ForbiddenError('Username or password is wrong.');
      }
      return issue(await db.$transaction((tx) => begin(tx, user)));
    },

    /** Exchanges a refresh token for a new pair. */
    async refresh({ refreshToken }: { refreshToken: string }) {
      const rotated = await db.$transaction((tx) => rotate(tx, refreshToken));
      if (!rotated) throw new ForbiddenError('This refresh token is not good, or no longer: sign in again.');
      return issue(rotated);
    },

    /** Ends the token's session. Where there is none any more, that is what was wanted. */
    async signOut({ refreshToken }: { refreshToken: string }): Promise<{ at: Date }> {
      await db.session.deleteMany({ where: { refreshTokens: { some: { hash: hashOf(refreshToken) } } } });
      return { at: new Date() };
    },
  };
}

/** A day's margin: nobody can be exchanging the last token of such a session at this moment. */
export async function removeExpiredSessions(db: PrismaClient, limit: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM session WHERE id IN (
      SELECT s.id FROM session s
      WHERE s.id IN (SELECT session_id FROM refresh_token WHERE expires_at < clock_timestamp() - interval '1 day')
        AND NOT EXISTS (SELECT FROM refresh_token t
                        WHERE t.session_id = s.id AND t.expires_at >= clock_timestamp() - interval '1 day')
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}
