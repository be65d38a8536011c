import {
  ConflictError,
  DomainError,
  ForbiddenError,
  IdempotencyKeyReusedError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
} from '../errors.ts';
import { builder } from './builder.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'What went wrong, for programs.',
  values: {
    NOT_FOUND: { description: 'The object does not exist, or the viewer cannot see it.' },
    FORBIDDEN: { description: 'The viewer is not allowed to do this.' },
    INVALID_INPUT: { description: 'The input breaks a rule or a limit.' },
    CONFLICT: { description: 'It conflicts with something that exists.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The `Idempotency-Key` was used before with other input.' },
    RATE_LIMITED: { description: 'Too many requests in a short time.' },
  } as const,
});

const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description: 'An expected failure. Nothing was changed.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode, description: 'What went wrong, for programs.' }),
    message: t.exposeString('message', { description: 'What went wrong, for people; in English.' }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'The object does not exist, or the viewer cannot see it.',
  interfaces: [ErrorInterface],
});
builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'The viewer is not allowed to do this.',
  interfaces: [ErrorInterface],
});
builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input breaks a rule or a limit.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    field: t.exposeString('field', { description: 'The path in the input, such as `title` or `memberIds.2`.' }),
  }),
});
builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'It conflicts with something that exists, such as a taken username.',
  interfaces: [ErrorInterface],
});
builder.objectType(IdempotencyKeyReusedError, {
  name: 'IdempotencyKeyReusedError',
  description: 'The `Idempotency-Key` was used before with other input. A new request takes a new key.',
  interfaces: [ErrorInterface],
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too many requests in a short time. Try again later.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterMs: t.exposeInt('retryAfterMs', {
      description: 'Milliseconds after which another try may succeed.',
    }),
  }),
});

/** The expected failures of every mutation on behalf of a viewer. */
export const mutationErrors = {
  types: [NotFoundError, ForbiddenError, InvalidInputError, IdempotencyKeyReusedError],
};
