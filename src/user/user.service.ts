import { Prisma, type PrismaClient } from '../database/generated/client.ts';
import type { PubSub } from '../pubsub/pubsub.ts';
import { parse } from '../validation.ts';
import { fetchLimit, type Page } from '../database/page.ts';
import { publicUser, type PublicUser } from '../database/public-user.ts';
import { updateProfileInput } from './user.rules.ts';

export function createUserService({ db, pubsub }: { db: PrismaClient; pubsub: PubSub }) {
  return {
    async updateProfile(userId: string, input: { displayName?: string | null | undefined }): Promise<PublicUser> {
      const { displayName } = parse(updateProfileInput, input);
      if (displayName == null) return db.user.findUniqueOrThrow({ where: { id: userId }, select: publicUser });
      const user = await db.user.update({ where: { id: userId }, data: { displayName }, select: publicUser });
      pubsub.publish(`profile:${userId}`, '{}');
      return user;
    },

    /** Users whose username or display name contains the term, ignoring case, sorted by username. */
    async search(term: string, page: Page<string>): Promise<PublicUser[]> {
      const username: Prisma.StringFilter = {
        ...(page.after !== null && { gt: page.after }),
        ...(page.before !== null && { lt: page.before }),
      };
      // Prisma passes \ % and _ on to ILIKE, where they are special characters.
      const literal = term.replace(/[\\%_]/g, '\\$&');
      return db.user.findMany({
        select: publicUser,
        where: {
          username,
          deletedAt: null,
          OR: [
            { username: { contains: literal, mode: 'insensitive' } },
            { displayName: { contains: literal, mode: 'insensitive' } },
          ],
        },
        orderBy: { username: page.backward ? 'desc' : 'asc' },
        take: fetchLimit(page),
      });
    },
  };
}
