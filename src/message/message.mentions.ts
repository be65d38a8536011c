/**
 * Writes the mentions of messages, in SQL. Ids of users who are not present members are ignored, and so is the author.
 */
import type { Transaction } from '../database/clock.ts';
import { Prisma, type Message } from '../database/generated/client.ts';
import type { ChatTransaction } from '../log/chat-transaction.ts';
import { isPresent } from '../log/membership.ts';

/**
 * A part of the statement that sends messages: those of `input` with their ids `mentioned`, in the chat that is `locked`. It
 * may read members as they were before the lock, because the statement writes nothing if they have changed since.
 */
export const insertMentioned = Prisma.sql`
  INSERT INTO mention (message_id, user_id, chat_id, position, created_at)
  SELECT i.id, m.user_id, l.chat_id, l.base + i.ordinality, l.at
  FROM locked l CROSS JOIN input i
  CROSS JOIN LATERAL (SELECT DISTINCT x.id FROM unnest(i.mentioned) AS x (id)) AS u
  JOIN chat_member m ON m.chat_id = l.chat_id AND m.user_id = u.id AND ${isPresent}
  WHERE u.id <> i.author_id
  RETURNING message_id, user_id`;

type Mentioning = Pick<Message, 'id' | 'chatId' | 'authorId' | 'position' | 'createdAt'>;

/** The users among these whom the message can mention, under the chat's lock, in the order of their ids. */
export async function mentionable(
  tx: Transaction,
  { chatId, authorId }: Pick<Mentioning, 'chatId' | 'authorId'>,
  userIds: readonly string[],
): Promise<string[]> {
  if (userIds.length === 0) return [];
  const rows = await tx.$queryRaw<{ userId: string }[]>`
    SELECT m.user_id AS "userId" FROM chat_member m
    WHERE m.chat_id = ${chatId}::uuid AND m.user_id = ANY(${userIds}::uuid[]) AND m.user_id <> ${authorId}::uuid
      AND ${isPresent}
    ORDER BY m.user_id`;
  return rows.map(({ userId }) => userId);
}

/** Sets the users whom the message mentions. The mention keeps the message's position, so nobody is notified again. */
export function writeMentions(change: ChatTransaction, message: Mentioning, userIds: readonly string[]): void {
  const { id, chatId, position, createdAt } = message;
  change.write(Prisma.sql`DELETE FROM mention WHERE message_id = ${id}::uuid AND user_id <> ALL(${userIds}::uuid[])`);
  if (userIds.length === 0) return;
  change.write(Prisma.sql`
    INSERT INTO mention (message_id, user_id, chat_id, position, created_at)
    SELECT ${id}::uuid, u.id, ${chatId}::uuid, ${position}::int, ${createdAt}::timestamptz
    FROM unnest(${userIds}::uuid[]) AS u (id)
    ON CONFLICT DO NOTHING`);
}
