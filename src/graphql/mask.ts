import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import type { Logger } from 'pino';
import { countedLine, type CountedLine } from '../counted-line.ts';
import { isDatabaseAway } from '../database/errors.ts';
import { BadRequestError, DomainError, UnauthenticatedError, UnavailableError } from '../errors.ts';
import { shortenEchoes } from './quote.ts';

/** The codes that a top-level error may have. */
const codes = new Set<unknown>([
  'UNAUTHENTICATED',
  'BAD_REQUEST',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'FORBIDDEN',
  'NOT_FOUND',
]);

/** Errors are counted, because every request fails while the database is away. */
const counters = new WeakMap<Logger, Record<'unexpected' | 'unavailable', CountedLine>>();
function linesOf(logger: Logger) {
  const lines = counters.get(logger) ?? {
    unexpected: countedLine(logger, 'error', 'unexpected error'),
    unavailable: countedLine(logger, 'warn', 'the database did not answer a request, or not in time'),
  };
  counters.set(logger, lines);
  return lines;
}

/** The error as clients see it: an expected one with its code, or one that reveals nothing about the server. */
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
  if (cause instanceof UnavailableError) return as(cause.message, { code: 'UNAVAILABLE' });
  if (cause instanceof BadRequestError) return as(cause.message, { code: 'BAD_REQUEST' });
  // A mutation answers these as data; here they refuse a subscription.
  if (cause instanceof DomainError) return as(cause.message, { code: cause.code });
  if (cause instanceof GraphQLError) {
    const { originalError: _, code, ...extensions } = cause.extensions;
    // An error that was masked before, or one of graphql-js and Yoga about the request: syntax, validation, arguments.
    return as(shortenEchoes(cause.message), { ...extensions, code: codes.has(code) ? code : 'BAD_REQUEST' });
  }

  if (isDatabaseAway(cause)) {
    linesOf(logger).unavailable.add(cause, { path: located?.path });
    return as(
      'The database does not answer now. It is not known whether a change was made: send it again with the same Idempotency-Key.',
      { code: 'UNAVAILABLE' },
    );
  }

  linesOf(logger).unexpected.add(cause, { path: located?.path });
  return as('Something went wrong on the server, and nothing was half done. Try again.', {
    code: 'INTERNAL_SERVER_ERROR',
  });
}

function rootCause(error: GraphQLError): unknown {
  return error.originalError instanceof GraphQLError ? rootCause(error.originalError) : (error.originalError ?? error);
}
