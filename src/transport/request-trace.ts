import { randomUUID } from 'node:crypto';
import type { RequestTrace } from '../context.ts';

export const REQUEST_ID = 'X-Request-Id';

/** An `X-Request-Id` that is taken over: printable ASCII without spaces, at most 64 characters. */
const requestId = /^[\x21-\x7e]{1,64}$/;
/** W3C Trace Context, version 00: the id of the trace, of the caller's span, and flags. */
const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The id under which the log speaks of a request: the client's `X-Request-Id`, or a new one. */
export function traceOf(headers: Readonly<Record<string, unknown>>): RequestTrace {
  const given = String(headers['x-request-id']);
  const [, traceId] = traceparent.exec(String(headers.traceparent)) ?? [];
  return {
    requestId: headers['x-request-id'] !== undefined && requestId.test(given) ? given : randomUUID(),
    ...(traceId && { traceId }),
  };
}
