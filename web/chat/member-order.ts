import type { ChatRole } from '../gql/graphql.ts';

const ranks: Record<ChatRole, number> = { OWNER: 0, ADMIN: 1, MEMBER: 2 };

interface Named {
  role: ChatRole;
  user: { displayName: string };
}

/** Sorts the owner first, then the admins, then the others; by name within each role. */
export function inOrder<T extends Named>(members: readonly T[], locale: string): T[] {
  const { compare } = new Intl.Collator(locale);
  return members.toSorted(
    (one, other) => ranks[one.role] - ranks[other.role] || compare(one.user.displayName, other.user.displayName),
  );
}
