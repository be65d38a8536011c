import { Prisma, type PrismaClient, type User } from '../database/generated/client.ts';
import { fetchLimit, type Page } from '../database/page.ts';
import { people } from './user.rules.ts';

export type UserService = ReturnType<typeof createUserService>;

export function createUserService(db: PrismaClient) {
  return {
    /** Users whose username or display name contains the term, whatever its case, by username. */
    async search(term: string, page: Page<string>): Promise<User[]> {
      const username: Prisma.StringFilter = {
        ...(page.after !== null && { gt: page.after }),
        ...(page.before !== null && { lt: page.before }),
      };
      // Prisma hands \ % and _ on to ILIKE, where they are no letters.
      const literal = term.replace(/[\\%_]/g, '\\$&');
      return db.user.findMany({
        where: {
          username,
          ...people,
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
