/** The one place that defines, in SQL and as Prisma filters, a present member of a chat that exists. */
import { Prisma } from '../database/generated/client.ts';

/** The condition for a present membership `m`, in SQL and as Prisma's filter. */
export const isPresent = Prisma.sql`m.left_position IS NULL`;
export const present = { leftPosition: null } satisfies Prisma.ChatMemberWhereInput;

/**
 * The present members `m` of chats `c` that are not deleted, for use after FROM or JOIN. It is not a view, because a
 * query that needs columns of the chat would then read the chat twice.
 */
export const presentMembers = Prisma.sql`
  (chat_member m JOIN chat c ON c.id = m.chat_id AND c.deleted_at IS NULL AND ${isPresent})`;

/** The chats of which both users are present members. */
export const commonChats = (one: Prisma.Sql, other: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT m.chat_id FROM ${presentMembers} JOIN chat_member o ON o.chat_id = m.chat_id AND o.left_position IS NULL
  WHERE m.user_id = ${one} AND o.user_id = ${other}`;

/** The filter for chats that a user is a present member of. */
export const visibleTo = (userId: string) =>
  ({ deletedAt: null, members: { some: { userId, ...present } } }) satisfies Prisma.ChatWhereInput;
