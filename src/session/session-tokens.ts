import { databaseTime, type Transaction } from '../database/clock.ts';
import { Prisma } from '../database/generated/client.ts';
import { publicUser, type PublicUser } from '../database/public-user.ts';
import type { createAccessTokens } from './access-token.ts';
import { hashOf, newRefreshToken, successorOf } from './refresh-token.ts';
import { endSessions } from './session-endings.ts';
import { judgeRefreshToken, refreshTokenEnd } from './session.rules.ts';

/** The tokens that a client holds for a session, and their user. */
export interface IssuedSession {
  accessToken: string;
  refreshToken: string;
  /** When the access token expires. */
  expiresAt: Date;
  user: PublicUser;
}

/** A session whose refresh token has been written. */
export interface Begun {
  sessionId: string;
  user: PublicUser;
  refreshToken: string;
}

/**
 * The next token of a family. If `next` is null the token is refused, and `ended` has the sessions that a stolen token
 * has ended.
 */
type Rotated = { next: Begun | null; ended: string[] };

/**
 * Issues the tokens of sessions. A session has one line of refresh tokens, each derived from the one before. Each
 * change of a session locks its row first, then those of its tokens.
 */
export function createSessionTokens(secret: string, accessTokens: ReturnType<typeof createAccessTokens>) {
  const refused = (ended: string[] = []): Rotated => ({ next: null, ended });

  return {
    async begin(tx: Transaction, user: PublicUser, device: string): Promise<Begun> {
      const session = await tx.session.create({ data: { userId: user.id, device } });
      const { token, hash } = newRefreshToken();
      const expiresAt = refreshTokenEnd(session, session.createdAt);
      await tx.refreshToken.create({ data: { hash, sessionId: session.id, expiresAt } });
      return { sessionId: session.id, user, refreshToken: token };
    },

    /** Gives a session a new first token in place of all its earlier ones. Returns null if the session has ended. */
    async restart(tx: Transaction, user: PublicUser, sessionId: string): Promise<Begun | null> {
      const [session] = await tx.$queryRaw<{ createdAt: Date }[]>`
        SELECT created_at AS "createdAt" FROM session
        WHERE id = ${sessionId}::uuid AND user_id = ${user.id}::uuid FOR NO KEY UPDATE`;
      if (!session) return null;
      await tx.refreshToken.deleteMany({ where: { sessionId } });
      const { token, hash } = newRefreshToken();
      const expiresAt = refreshTokenEnd(session, await databaseTime(tx));
      await tx.refreshToken.create({ data: { hash, sessionId, expiresAt } });
      return { sessionId, user, refreshToken: token };
    },

    async rotate(tx: Transaction, token: string, device: string): Promise<Rotated> {
      const hash = hashOf(token);
      const [session] = await tx.$queryRaw<{ id: string; userId: string; createdAt: Date }[]>`
        SELECT s.id, s.user_id AS "userId", s.created_at AS "createdAt"
        FROM refresh_token t JOIN session s ON s.id = t.session_id
        WHERE t.hash = ${hash} FOR NO KEY UPDATE OF s`;
      if (!session) return refused();
      const successor = successorOf(token, secret);
      const used = await tx.refreshToken.findUnique({ where: { hash } });
      const next = await tx.refreshToken.findUnique({ where: { hash: successor.hash } });
      const now = await databaseTime(tx);
      const expiresAt = refreshTokenEnd(session, now);
      const verdict = expiresAt <= now ? 'refused' : judgeRefreshToken(used, next, now);
      if (verdict === 'stolen') return refused(await endSessions(tx, Prisma.sql`s.id = ${session.id}::uuid`));
      if (verdict === 'refused') return refused();
      if (verdict === 'good') {
        await tx.refreshToken.updateMany({ where: { hash, usedAt: null }, data: { usedAt: now } });
        await tx.refreshToken.deleteMany({ where: { sessionId: session.id, expiresAt: { lte: now } } });
        await tx.refreshToken.create({ data: { hash: successor.hash, sessionId: session.id, expiresAt } });
        await tx.session.update({ where: { id: session.id }, data: { lastUsedAt: now, device } });
      }
      const user = await tx.user.findUniqueOrThrow({ where: { id: session.userId }, select: publicUser });
      return { next: { sessionId: session.id, user, refreshToken: successor.token }, ended: [] };
    },

    async issue({ sessionId, user, refreshToken }: Begun): Promise<IssuedSession> {
      const { token, expiresAt } = await accessTokens.issue(user.id, sessionId);
      return { accessToken: token, refreshToken, expiresAt, user };
    },
  };
}
