import {
  ConflictError,
  DomainError,
  ForbiddenError,
  IdempotencyKeyReusedError,
  InvalidInputError,
  NotFoundError,
} from '../errors.ts';
import { builder } from './builder.ts';

const ErrorCode = builder.enumType('ErrorCode', {
  description: 'What went wrong, for programs.',
  values: {
    NOT_FOUND: { description: 'What was named does not exist, or no longer.' },
    FORBIDDEN: { description: 'It exists, and the viewer may not.' },
    INVALID_INPUT: { description: 'The input breaks a rule or a limit.' },
    CONFLICT: { description: 'Something that exists stands against it.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The `Idempotency-Key` was used before with other input.' },
    RATE_LIMITED: { description: 'Too much in too short a time.' },
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
  description: 'What was named does not exist, or no longer.',
  interfaces: [ErrorInterface],
});
builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'It exists, and the viewer may not.',
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
  description: 'Something that exists stands against it, such as a taken username.',
  interfaces: [ErrorInterface],
});
builder.objectType(IdempotencyKeyReusedError, {
  name: 'IdempotencyKeyReusedError',
  description: 'The `Idempotency-Key` was used before with other input. A new request takes a new key.',
  interfaces: [ErrorInterface],
});

/** The expected failures of every mutation on behalf of a viewer. */
export const mutationErrors = {
  types: [NotFoundError, ForbiddenError, InvalidInputError, IdempotencyKeyReusedError],
};
