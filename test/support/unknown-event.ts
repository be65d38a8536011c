import type { PrismaClient } from '../../src/database/generated/client.ts';

const UNKNOWN_TYPE = 'OF_A_NEWER_SERVER';

/** Allows events of a type that this version does not know. */
export const allowUnknownEvents = (db: PrismaClient) =>
  db.$executeRawUnsafe(`ALTER TYPE event_type ADD VALUE IF NOT EXISTS '${UNKNOWN_TYPE}'`);

/**
 * Writes an event of an unknown type, as a newer server would. Returns what that server would publish on `chat:<id>`,
 * or null if the chat is deleted.
 */
export async function writeUnknownEvent(db: PrismaClient, chatId: string, actorId: string): Promise<string | null> {
  const [event] = await db.$queryRaw<{ position: number; occurredAt: Date }[]>`
    WITH locked AS (UPDATE chat SET position = position + 1 WHERE id = ${chatId}::uuid AND deleted_at IS NULL RETURNING position)
    INSERT INTO event (chat_id, position, type, actor_id, occurred_at)
    SELECT ${chatId}::uuid, position, ${UNKNOWN_TYPE}::event_type, ${actorId}::uuid, clock_timestamp() FROM locked
    RETURNING position, occurred_at AS "occurredAt"`;
  if (!event) return null;
  const empty = { userId: null, role: null, messageId: null, reactionId: null, emoji: null };
  return JSON.stringify({ event: { ...empty, ...event, chatId, type: UNKNOWN_TYPE, actorId } });
}
