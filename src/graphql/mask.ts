import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import type { Logger } from 'pino';
import { BadRequestError, DomainError, UnauthenticatedError } from '../errors.ts';

/** What a top-level error may say that it is. */
const codes = new Set<unknown>([
  'UNAUTHENTICATED',
  'BAD_REQUEST',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
  'FORBIDDEN',
  'NOT_FOUND',
]);

/** The error as clients see it: an expected one with its code, or one that tells nothing of the server's inside. */
export function toClientError(error: unknown, logger: Logger): GraphQLError {
  const located = error instanceof GraphQLError ? error : null;
  const cause = located ? rootCause(located) : error;
  const as = (message: string, extensions: GraphQLErrorExtensions) =>
    new GraphQLError(message, {
      nodes: located?.nodes ?? null,
      source: located?.source ?? null,
      positions: located?.positions ?? null,
      path: located?.path ?? null,
      extensions,
    });

  if (cause instanceof UnauthenticatedError) {
    return as(cause.message, { code: 'UNAUTHENTICATED' });
  }
  if (cause instanceof BadRequestError) return as(cause.message, { code: 'BAD_REQUEST' });
  // A mutation answers these as data; here they refuse a subscription.
  if (cause instanceof DomainError) return as(cause.message, { code: cause.code });
  if (cause instanceof GraphQLError) {
    const { originalError: _, code, ...extensions } = cause.extensions;
    // Masked before, or what graphql-js and Yoga say of the request itself: syntax, validation, arguments.
    return as(cause.message, { ...extensions, code: codes.has(code) ? code : 'BAD_REQUEST' });
  }

  logger.error({ err: cause, path: located?.path }, 'unexpected error');
  return as('Something went wrong on the server, and nothing was half done. Try again.', {
    code: 'INTERNAL_SERVER_ERROR',
  });
}

function rootCause(error: GraphQLError): unknown {
  return error.originalError instanceof GraphQLError ? rootCause(error.originalError) : (error.originalError ?? error);
}
