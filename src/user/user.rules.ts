import type { Prisma } from '../database/generated/client.ts';

/** Users who are people: the server's own have names that nobody can take. */
export const people = { NOT: { username: { startsWith: '~' } } } satisfies Prisma.UserWhereInput;
