/** The one place that defines, in SQL, which users may not contact each other, and the error of each refusal. */
import { Prisma } from '../database/generated/client.ts';
import type { Transaction } from '../database/clock.ts';
import { ForbiddenError } from '../errors.ts';
import { commonChats } from './membership.ts';

/** The message is the same for every reason, so that a block cannot be recognised. */
export const cannotContact = (): ForbiddenError => new ForbiddenError('This person cannot be contacted.');

const isBlocked = (one: Prisma.Sql, other: Prisma.Sql) => Prisma.sql`
  EXISTS (SELECT FROM block k WHERE k.user_id = ${one} AND k.blocked_id = ${other} AND k.removed_at IS NULL)`;

/** Whether one of two users has blocked the other. */
export const areApart = (one: Prisma.Sql, other: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(${isBlocked(one, other)} OR ${isBlocked(other, one)})`;

/** Whether one of the two members of the direct chat `c` has blocked the other; false of a group. */
export const isApart = (userId: string): Prisma.Sql => Prisma.sql`
  CASE WHEN c.kind = 'DIRECT' THEN EXISTS (
    SELECT FROM chat_member o WHERE o.chat_id = c.id AND o.user_id <> ${userId}::uuid
      AND ${areApart(Prisma.sql`o.user_id`, Prisma.sql`${userId}::uuid`)})
  ELSE false END`;

/**
 * Locks the rows of users in the order of their ids, so that two transactions which lock the same users do not
 * deadlock.
 */
export async function lockUsers(tx: Transaction, userIds: readonly string[]): Promise<void> {
  await tx.$queryRaw`
    SELECT count(*) FROM (
      SELECT FROM "user" WHERE id = ANY(${userIds}::uuid[]) ORDER BY id FOR NO KEY UPDATE) AS locked`;
}

/**
 * Refuses to contact these users if one of them has deleted the account, has blocked the caller, is blocked by the
 * caller, or accepts contact only from people in a shared chat and there is none. The users stay locked, as for a block
 * and for a change of that setting, so that everything that commits earlier is seen.
 */
export async function requireConsent(tx: Transaction, callerId: string, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  await lockUsers(tx, [callerId, ...userIds]);
  const caller = Prisma.sql`${callerId}::uuid`;
  const refusals = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM block k WHERE k.removed_at IS NULL
      AND ((k.user_id = ${caller} AND k.blocked_id = ANY(${userIds}::uuid[]))
        OR (k.blocked_id = ${caller} AND k.user_id = ANY(${userIds}::uuid[])))
    UNION ALL SELECT 1 FROM "user" WHERE id = ANY(${userIds}::uuid[]) AND deleted_at IS NOT NULL
    UNION ALL SELECT 1 FROM viewer_settings s
      WHERE s.user_id = ANY(${userIds}::uuid[]) AND s.who_may_contact = 'SHARED_CHAT' AND NOT EXISTS (${commonChats(caller, Prisma.sql`s.user_id`)})
    LIMIT 1`;
  if (refusals.length > 0) throw cannotContact();
}
