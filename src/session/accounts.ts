import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { ConflictError, ForbiddenError } from '../errors.ts';
import { publicUser } from '../database/public-user.ts';
import type { Transaction } from '../database/clock.ts';
import { parse } from '../validation.ts';
import type { createAccessTokens } from './access-token.ts';
import { deviceOf } from './device.ts';
import { hashPassword, isPassword } from './password.ts';
import { hashOf, isRefreshToken } from './refresh-token.ts';
import { endSessions, ofUser } from './session-endings.ts';
import { changePasswordInput, requireOtherThanUsername, signInInput, signUpInput } from './session.rules.ts';
import { createSessionTokens, type IssuedSession } from './session-tokens.ts';

/** The user who calls, and the session of their token if the token names one. */
export interface SessionCaller {
  userId: string;
  sessionId: string | null;
}

type UserAgent = string | null;

export type Accounts = ReturnType<typeof createAccounts>;

/** The built-in accounts: signing up and in, refreshing, and signing out. */
export function createAccounts(deps: {
  db: PrismaClient;
  secret: string;
  accessTokens: ReturnType<typeof createAccessTokens>;
  /** Called with the sessions that have ended, after the commit. */
  ended: (sessionIds: readonly string[]) => void;
}) {
  const { db, secret, accessTokens, ended } = deps;
  const { begin, restart, rotate, issue } = createSessionTokens(secret, accessTokens);

  return {
    async signUp(
      input: { username: string; password: string; displayName?: string | null | undefined },
      userAgent: UserAgent = null,
    ): Promise<IssuedSession> {
      const { username, password, displayName } = parse(signUpInput, input);
      const passwordHash = await hashPassword(password);
      const begun = await db.$transaction(async (tx) => {
        const data = { username, displayName: displayName ?? username, passwordHash };
        const [user] = await tx.user.createManyAndReturn({ data, skipDuplicates: true, select: publicUser });
        return user && begin(tx, user, deviceOf(userAgent));
      });
      if (!begun) throw new ConflictError(`The username ${username} is taken.`);
      return issue(begun);
    },

    /** The answer is the same for an unknown username and a wrong password. */
    async signIn(input: { username: string; password: string }, userAgent: UserAgent = null): Promise<IssuedSession> {
      const { username, password } = parse(signInInput, input);
      const wrong = new ForbiddenError('Username or password is wrong.');
      const found = await db.user.findUnique({ where: { username }, select: { ...publicUser, passwordHash: true } });
      if (!(await isPassword(password, found?.passwordHash)) || !found) throw wrong;
      const { passwordHash, ...user } = found;
      const begun = await db.$transaction(async (tx) => {
        // The password may have been changed while it was checked, and that change has ended only the sessions that
        // existed.
        return (await holdPassword(tx, user.id, passwordHash)) ? begin(tx, user, deviceOf(userAgent)) : null;
      });
      if (!begun) throw wrong;
      return issue(begun);
    },

    /** Exchanges a refresh token for a new pair. */
    async refresh({ refreshToken }: { refreshToken: string }, userAgent: UserAgent = null): Promise<IssuedSession> {
      const rotated =
        isRefreshToken(refreshToken) && (await db.$transaction((tx) => rotate(tx, refreshToken, deviceOf(userAgent))));
      if (rotated) ended(rotated.ended);
      if (!rotated || !rotated.next) {
        throw new ForbiddenError('This refresh token is invalid or has expired: sign in again.');
      }
      return issue(rotated.next);
    },

    /** Ends the token's session. It also succeeds if the session does not exist any more. */
    async signOut({ refreshToken }: { refreshToken: string }): Promise<{ at: Date }> {
      if (isRefreshToken(refreshToken)) {
        const hash = hashOf(refreshToken);
        ended(
          await db.$transaction((tx) =>
            endSessions(tx, Prisma.sql`s.id = (SELECT session_id FROM refresh_token WHERE hash = ${hash})`),
          ),
        );
      }
      return { at: new Date() };
    },

    /** Changes the password. The caller's session gets new tokens, and every other session ends. */
    async changePassword(
      { userId, sessionId }: SessionCaller,
      input: { currentPassword: string; newPassword: string },
      userAgent: UserAgent = null,
    ): Promise<IssuedSession> {
      const { currentPassword, newPassword } = parse(changePasswordInput, input);
      const wrong = new ForbiddenError('The current password is wrong.');
      const found = await db.user.findUnique({ where: { id: userId }, select: { ...publicUser, passwordHash: true } });
      if (!(await isPassword(currentPassword, found?.passwordHash)) || !found) throw wrong;
      const { passwordHash: before, ...user } = found;
      requireOtherThanUsername(newPassword, user.username);
      const passwordHash = await hashPassword(newPassword);
      const changed = await db.$transaction(async (tx) => {
        const { count } = await tx.user.updateMany({
          where: { id: userId, passwordHash: before },
          data: { passwordHash },
        });
        if (count === 0) return null;
        const kept = sessionId === null ? null : await restart(tx, user, sessionId);
        const others = Prisma.sql`${ofUser(userId)} AND s.id IS DISTINCT FROM ${kept?.sessionId ?? null}::uuid`;
        const endedIds = await endSessions(tx, others);
        return { endedIds, session: kept ?? (await begin(tx, user, deviceOf(userAgent))) };
      });
      if (!changed) throw wrong;
      ended(changed.endedIds);
      return issue(changed.session);
    },
  };
}

/** Whether the user still has this password. Locks the user, so that it does not change until the transaction ends. */
async function holdPassword(tx: Transaction, userId: string, passwordHash: string | null): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "user" WHERE id = ${userId}::uuid AND password_hash = ${passwordHash} FOR SHARE`;
  return rows.length > 0;
}

/** A session is removed a day after its last token has expired, so that no refresh can be in progress. */
export async function removeExpiredSessions(db: PrismaClient, limit: number): Promise<number> {
  return db.$executeRaw`
    DELETE FROM session WHERE id IN (
      SELECT s.id FROM session s
      WHERE s.id IN (SELECT session_id FROM refresh_token WHERE expires_at < clock_timestamp() - interval '1 day')
        AND NOT EXISTS (SELECT FROM refresh_token t
                        WHERE t.session_id = s.id AND t.expires_at >= clock_timestamp() - interval '1 day')
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}
