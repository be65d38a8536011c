import type { Prisma, User } from './generated/client.ts';

/** The columns of a user that others may see: not the password's hash, nor the subject at an identity provider. */
export const publicUser = {
  id: true,
  username: true,
  displayName: true,
  createdAt: true,
} as const satisfies Prisma.UserSelect;

export type PublicUser = Pick<User, keyof typeof publicUser>;
