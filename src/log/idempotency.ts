/** Stores the result of a mutation under its Idempotency-Key, and finds it again. Retention removes the rows. */
import { isUniqueViolation } from '../database/errors.ts';
import { Prisma, type IdempotencyKey, type PrismaClient } from '../database/generated/client.ts';
import { IdempotencyKeyReusedError } from '../errors.ts';

/**
 * The user who calls, and the Idempotency-Key. A key counts for one user and one response name of the mutation's field.
 */
export interface Caller {
  userId: string;
  /** The request's id, for the log. */
  requestId?: string;
  idempotency?: {
    key: string;
    responseName: string;
    /** SHA-256 of the mutation's name and input. */
    inputHash: Uint8Array<ArrayBuffer>;
  };
}

/** The ids of what a mutation made. The answer is not stored: it is read again, and access to it is checked again. */
export interface ResultRef {
  chatId: string;
  messageId?: string;
  /** The position of the event that ended the chat or membership, if that event is the answer. */
  position?: number;
}

/**
 * The INSERT of the caller's key. It is part of the statement that writes the work, so that a used key undoes all of
 * it.
 */
export function keyInsert(caller: Caller, { chatId, messageId, position }: ResultRef): Prisma.Sql | null {
  if (!caller.idempotency) return null;
  const { key, responseName, inputHash } = caller.idempotency;
  return Prisma.sql`
    INSERT INTO idempotency_key (user_id, key, response_name, input_hash, chat_id, message_id, position)
    VALUES (${caller.userId}::uuid, ${key}, ${responseName}, ${inputHash}, ${chatId}::uuid,
            ${messageId ?? null}::uuid, ${position ?? null}::int)`;
}

/** The result of an earlier request under the caller's key; null if there was none. Throws if its input differed. */
export async function findResult(db: PrismaClient, caller: Caller): Promise<ResultRef | null> {
  if (!caller.idempotency) return null;
  const { key, responseName, inputHash } = caller.idempotency;
  const stored = await db.idempotencyKey.findUnique({
    where: { userId_key_responseName: { userId: caller.userId, key, responseName } },
  });
  if (!stored) return null;
  if (Buffer.compare(stored.inputHash, inputHash) !== 0) throw new IdempotencyKeyReusedError();
  return toResultRef(stored);
}

const toResultRef = ({ chatId, messageId, position }: IdempotencyKey): ResultRef => ({
  chatId,
  ...(messageId !== null && { messageId }),
  ...(position !== null && { position }),
});

/** Whether a transaction failed because its key has been used. */
export const isKeyTaken = (error: unknown): boolean => isUniqueViolation(error, 'idempotency_key_pkey');
