import type { createMemberService } from '../chat/member.service.ts';
import { databaseTime } from '../database/clock.ts';
import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import { DomainError, ForbiddenError } from '../errors.ts';
import { present } from '../log/membership.ts';
import { encodePresence } from '../log/wire-format.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import { parse } from '../validation.ts';
import { isPassword } from '../session/password.ts';
import { endSessions, ofUser } from '../session/session-endings.ts';
import { deleteAccountInput } from '../session/session.rules.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { AuthConfig } from '../session/session.service.ts';
import { deletedProfile } from './account.rules.ts';

/**
 * The tables with rows that belong to one user alone. They are deleted with the account. docs/privacy.md lists every
 * table.
 */
const ownTables = [
  'viewer_chat_state',
  'viewer_settings',
  'draft',
  'saved_message',
  'block',
  'idempotency_key',
  'viewer_version',
  'presence',
] as const;

export function createAccountService(deps: {
  db: PrismaClient;
  pubsub: PubSub;
  auth: AuthConfig;
  live: Pick<LiveSessions, 'ended'>;
  members: ReturnType<typeof createMemberService>;
}) {
  const { db, pubsub, auth, live, members } = deps;

  /** Leaves the user's groups one by one, then removes the user's own rows. Running it twice does no harm. */
  async function erase(userId: string): Promise<void> {
    const groups = await db.chatMember.findMany({
      where: { userId, ...present, chat: { kind: 'GROUP', deletedAt: null } },
      select: { chatId: true },
    });
    for (const { chatId } of groups) {
      await members.remove({ userId }, { chatId, userId }).catch((error: unknown) => {
        // The chat has been deleted in the meantime, or another server is working on the same deletion.
        if (!(error instanceof DomainError)) throw error;
      });
    }
    await db.$transaction(async (tx) => {
      // Everywhere the user is locked before these rows.
      await tx.user.update({ where: { id: userId }, data: { erasedAt: await databaseTime(tx) } });
      for (const table of ownTables) {
        await tx.$executeRaw`DELETE FROM ${Prisma.raw(table)} WHERE user_id = ${userId}::uuid`;
      }
    });
  }

  return {
    /**
     * From the first commit on nobody can sign in to the account. If the server stops before the rest is done,
     * `finishDeletions` does it.
     */
    async delete(userId: string, input: { password: string }): Promise<{ at: Date }> {
      if (auth.by === 'provider') {
        throw new ForbiddenError('Accounts are kept by your identity provider: delete the account there.');
      }
      const { password } = parse(deleteAccountInput, input);
      const wrong = new ForbiddenError('The password is wrong.');
      const found = await db.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
      if (!(await isPassword(password, found?.passwordHash)) || !found) throw wrong;
      const deleted = await db.$transaction(async (tx) => {
        const at = await databaseTime(tx);
        const { count } = await tx.user.updateMany({
          where: { id: userId, passwordHash: found.passwordHash },
          data: { ...deletedProfile(userId), passwordHash: null, deletedAt: at, lastSeenAt: null },
        });
        return count === 0 ? null : { at, ended: await endSessions(tx, ofUser(userId)) };
      });
      if (!deleted) throw wrong;
      live.ended(deleted.ended);
      pubsub.publish(`profile:${userId}`, '{}');
      pubsub.publish(`presence:${userId}`, encodePresence({ isShared: false }));
      await erase(userId);
      return { at: deleted.at };
    },

    /** Finishes deletions that were interrupted. Returns how many it has finished. */
    async finishDeletions(limit: number): Promise<number> {
      const cutOff = await db.user.findMany({
        where: { deletedAt: { not: null }, erasedAt: null },
        select: { id: true },
        orderBy: { deletedAt: 'asc' },
        take: limit,
      });
      for (const { id } of cutOff) await erase(id);
      return cutOff.length;
    },
  };
}
