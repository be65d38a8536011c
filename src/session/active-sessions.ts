import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Grant } from './access-token.ts';
import type { SessionCaller } from './accounts.ts';
import { UNKNOWN_DEVICE } from './device.ts';
import { endSessions, ofUser } from './session-endings.ts';

/** A session as its user sees it. */
export interface ActiveSession {
  id: string;
  device: string;
  createdAt: Date;
  lastUsedAt: Date;
  isCurrent: boolean;
}

/** Lists and ends a user's own sessions. */
export function createActiveSessions(db: PrismaClient, ended: (sessionIds: readonly string[]) => void) {
  const end = async (which: Prisma.Sql): Promise<number> => {
    const ids = await db.$transaction((tx) => endSessions(tx, which));
    ended(ids);
    return ids.length;
  };

  return {
    /** Lists the sessions with a refresh token that is still valid, last used first. */
    async sessions({ userId, sessionId }: SessionCaller): Promise<ActiveSession[]> {
      const found = await db.session.findMany({
        where: { userId, refreshTokens: { some: { expiresAt: { gt: new Date() } } } },
        orderBy: [{ lastUsedAt: 'desc' }, { id: 'asc' }],
        take: limits.listedSessions,
      });
      return found.map(({ id, device, createdAt, lastUsedAt }) => ({
        id,
        device: device ?? UNKNOWN_DEVICE,
        createdAt,
        lastUsedAt,
        isCurrent: id === sessionId,
      }));
    },

    async endSession({ userId }: SessionCaller, id: string): Promise<{ sessionId: string; at: Date }> {
      const count = await end(Prisma.sql`s.id = ${id}::uuid AND ${ofUser(userId)}`);
      if (count === 0) throw new NotFoundError('You have no such session: it may have ended already.');
      return { sessionId: id, at: new Date() };
    },

    async endOtherSessions({ userId, sessionId }: SessionCaller): Promise<{ count: number; at: Date }> {
      if (sessionId === null) {
        throw new ForbiddenError('This access token does not tell which session it is of. Refresh the session first.');
      }
      return { count: await end(Prisma.sql`${ofUser(userId)} AND s.id <> ${sessionId}::uuid`), at: new Date() };
    },
  };
}

/**
 * Whether the account, and the session if the token names one, still exist. Notes that the session was used, at most
 * once a minute.
 */
export async function useGrant(db: PrismaClient, { userId, sessionId }: Grant): Promise<boolean> {
  if (sessionId === null) return (await db.user.count({ where: { id: userId, deletedAt: null } })) > 0;
  const found = await db.$queryRaw<unknown[]>`
    WITH found AS (
      SELECT id, last_used_at < clock_timestamp() - interval '1 minute' AS is_old
      FROM session WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid
    ), used AS (
      UPDATE session SET last_used_at = clock_timestamp() WHERE id = (SELECT id FROM found WHERE is_old)
    )
    SELECT id FROM found`;
  return found.length > 0;
}
