/** Expected failures: services throw them, the schema answers them as data. Everything else that is thrown is a bug. */
export abstract class DomainError extends Error {
  abstract readonly code:
    'NOT_FOUND' | 'FORBIDDEN' | 'INVALID_INPUT' | 'CONFLICT' | 'IDEMPOTENCY_KEY_REUSED' | 'RATE_LIMITED';
}

/** The object does not exist, or the viewer cannot see it. */
export class NotFoundError extends DomainError {
  readonly code = 'NOT_FOUND';
}

/** The object exists, and the viewer is not allowed to do this. */
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

/** The input is valid, but it conflicts with something that exists, such as a taken username. */
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

/** Too many requests in a short time. A later retry may succeed. */
export class RateLimitedError extends DomainError {
  readonly code = 'RATE_LIMITED';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A request without a valid token asked for its viewer: UNAUTHENTICATED, HTTP status 401. */
export class UnauthenticatedError extends Error {}

/** Something that the server depends on is away, so that a retry may succeed: UNAVAILABLE, HTTP status 503. */
export class UnavailableError extends Error {}

/** A query's argument is out of range: BAD_REQUEST. */
export class BadRequestError extends Error {}
