import { createHash } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { BadRequestError } from '../errors.ts';
import type { Caller } from '../events/idempotency.ts';
import { limits } from '../limits.ts';

/** Who calls a mutation, with the request's `Idempotency-Key` for this field and this input. */
export function callerOf({ viewer, idempotency }: Context, info: GraphQLResolveInfo, input: unknown): Caller {
  const userId = viewer.id;
  const { key, required } = idempotency;
  if (key === null && !required) return { userId };
  if (key === null) throw new BadRequestError('Idempotency-Key: this server takes no mutation without one.');
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > limits.idempotencyKeyBytes || key.includes('\0') || !key.isWellFormed()) {
    throw new BadRequestError(`Idempotency-Key: must be 1–${limits.idempotencyKeyBytes} bytes of well-formed text.`);
  }
  const hash = createHash('sha256').update(JSON.stringify([info.fieldName, input]));
  return {
    userId,
    idempotency: {
      key,
      responseName: String(info.path.key),
      inputHash: new Uint8Array(hash.digest()),
      onReplay: () => (idempotency.replayed = true),
    },
  };
}
