import { isUniqueViolation } from '../database/errors.ts';
import { Prisma, type IdempotencyKey, type PrismaClient } from '../database/generated/client.ts';
import { IdempotencyKeyReusedError } from '../errors.ts';
import type { Transaction } from './change.ts';

/** Who calls, and under which key: scope of a key are the user, the key and the field's name in the response. */
export interface Caller {
  userId: string;
  idempotency?: {
    key: string;
    responseName: string;
    /** SHA-256 of the mutation's name and input. */
    inputHash: Uint8Array<ArrayBuffer>;
    /** Called where the answer is that of an earlier request. */
    onReplay: () => void;
  };
}

/** What a mutation made, by ids: never the answer, which is read anew and passes the gate again. */
export interface Made {
  chatId: string;
  messageId?: string;
  /** Of the event that is the answer, where an ending is. */
  position?: number;
}

/** Written last in the transaction of the work. A taken key undoes all of it. */
export async function writeKey(tx: Transaction, caller: Caller, { chatId, messageId, position }: Made): Promise<void> {
  if (!caller.idempotency) return;
  const { key, responseName, inputHash } = caller.idempotency;
  await tx.idempotencyKey.create({
    data: {
      userId: caller.userId,
      key,
      responseName,
      inputHash,
      chatId,
      messageId: messageId ?? null,
      position: position ?? null,
    },
    select: { key: true },
  });
}

/** What an earlier request under the caller's key made, if there was one. */
export async function findMade(db: PrismaClient, caller: Caller): Promise<Made | null> {
  if (!caller.idempotency) return null;
  const { key, responseName, inputHash } = caller.idempotency;
  const stored = await db.idempotencyKey.findUnique({
    where: { userId_key_responseName: { userId: caller.userId, key, responseName } },
  });
  if (!stored) return null;
  if (Buffer.compare(stored.inputHash, inputHash) !== 0) throw new IdempotencyKeyReusedError();
  return made(stored);
}

const made = ({ chatId, messageId, position }: IdempotencyKey): Made => ({
  chatId,
  ...(messageId !== null && { messageId }),
  ...(position !== null && { position }),
});

/** Whether a transaction failed because its key was taken. The hot path inserts nothing else that can be. */
export function isKeyTaken(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') {
    return error.meta?.modelName === 'IdempotencyKey';
  }
  return isUniqueViolation(error);
}
