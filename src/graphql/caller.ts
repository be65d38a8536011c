import { createHash } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Caller } from '../log/idempotency.ts';
import type { Outcome } from '../log/mutation-runner.ts';

/** The caller of a mutation, with the request's `Idempotency-Key` for this field and this input. */
function callerOf({ viewer, idempotency, trace }: Context, info: GraphQLResolveInfo, input: unknown): Caller {
  const userId = viewer.require();
  const { key, required } = idempotency;
  const caller = { userId, ...(trace && { requestId: trace.requestId }) };
  if (key === null && !required) return caller;
  if (key === null) throw new BadRequestError('Idempotency-Key: this server takes no mutation without one.');
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > limits.idempotencyKeyBytes || key.includes('\0') || !key.isWellFormed()) {
    throw new BadRequestError(`Idempotency-Key: must be 1–${limits.idempotencyKeyBytes} bytes of well-formed text.`);
  }
  const hash = createHash('sha256').update(JSON.stringify([info.fieldName, input]));
  return {
    ...caller,
    idempotency: {
      key,
      responseName: String(info.path.key),
      inputHash: new Uint8Array(hash.digest()),
    },
  };
}

/** Runs a mutation for the viewer. The context then says whether an earlier request under the same key has done it. */
export async function mutate<T>(
  context: Context,
  info: GraphQLResolveInfo,
  input: unknown,
  work: (caller: Caller) => Promise<Outcome<T>>,
): Promise<T> {
  const { answer, isReplay, noted } = await work(callerOf(context, info, input));
  if (isReplay) context.idempotency.replayed = true;
  if (noted) context.noted = noted;
  return answer;
}
