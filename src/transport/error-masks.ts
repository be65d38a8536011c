import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import type { Logger } from 'pino';
import { toClientError } from '../graphql/mask.ts';

/** Status and headers by the code of an error. Other errors are answered with 200 or 400. */
const httpOf: Record<string, { status: number; headers?: Record<string, string> }> = {
  UNAUTHENTICATED: { status: 401 },
  UNAVAILABLE: { status: 503, headers: { 'Retry-After': '1' } },
};

/** The error as clients see it over HTTP. Yoga reads the status from an extension, and removes that. */
export function maskForHttp(error: unknown, logger: Logger): GraphQLError {
  const masked = toClientError(error, logger);
  const { code, http } = masked.extensions;
  // A body that cannot be read is answered with 400, whatever media type the client accepts.
  const isUnread = http?.spec && !masked.nodes && !masked.source;
  const status = isUnread ? { status: 400 } : { ...http, ...httpOf[String(code)] };
  return withExtensions(masked, {
    ...masked.extensions,
    ...(Object.keys(status).length > 0 && { http: status }),
    ...(code === 'INTERNAL_SERVER_ERROR' && { unexpected: true }),
  });
}

/** The error as clients see it over a WebSocket. */
export const maskForSocket = (error: unknown, logger: Logger): GraphQLError =>
  withoutHttp(toClientError(error, logger));

/** Turns an error that was masked for HTTP into one for a WebSocket. */
export function withoutHttp(error: GraphQLError): GraphQLError {
  const { http: _, unexpected: __, ...extensions } = error.extensions;
  return withExtensions(error, extensions);
}

function withExtensions(error: GraphQLError, extensions: GraphQLErrorExtensions): GraphQLError {
  const { message, nodes, source, positions, path, originalError } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: originalError ?? null,
    extensions,
  });
}
