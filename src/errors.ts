/** Expected failures: services throw them, the schema answers them as data. Everything else that is thrown is a bug. */
export abstract class DomainError extends Error {
  abstract readonly code: 'NOT_FOUND' | 'FORBIDDEN' | 'INVALID_INPUT' | 'CONFLICT' | 'IDEMPOTENCY_KEY_REUSED';
}

/** What was named does not exist, or no longer. */
export class NotFoundError extends DomainError {
  readonly code = 'NOT_FOUND';
}

/** It exists, and the viewer may not. */
export class ForbiddenError extends DomainError {
  readonly code = 'FORBIDDEN';
}

/** The input breaks a rule or a limit; `field` is its path in the input, such as `title` or `memberIds.2`. */
export class InvalidInputError extends DomainError {
  readonly code = 'INVALID_INPUT';
  readonly field: string;

  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

/** The input is valid, but something that exists stands against it, such as a taken username. */
export class ConflictError extends DomainError {
  readonly code = 'CONFLICT';
}

/** The Idempotency-Key was used before, with other input. */
export class IdempotencyKeyReusedError extends DomainError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super('This Idempotency-Key was used before with other input. Use a new key for a new request.');
  }
}

/** A request without a valid token asked for its viewer: UNAUTHENTICATED, HTTP status 401. */
export class UnauthenticatedError extends Error {}

/** A query's argument is out of range: BAD_REQUEST. */
export class BadRequestError extends Error {}
