import type { Logger } from 'pino';
import type { Loaders } from './loaders.ts';
import type { Services } from './services.ts';
import { Viewer, type Identity } from './viewer.ts';

/** The `Idempotency-Key` of a request, and whether one of its mutations was answered from an earlier one. */
interface Idempotency {
  key: string | null;
  /** Whether a mutation without a key is refused. */
  required: boolean;
  replayed: boolean;
}

/** What the log calls a request by, on every server that it reaches. */
export interface RequestTrace {
  /** The client's `X-Request-Id`, or one that this server made. */
  requestId: string;
  /** The trace of the client's `traceparent`, as W3C Trace Context has it. */
  traceId?: string;
}

/** What a request brings beside its operation. */
export interface RequestOf {
  idempotencyKey: string | null;
  userAgent: string | null;
  trace: RequestTrace;
}

/** The context of resolvers. It is created for each operation, and for each item of a subscription. */
export interface Context {
  readonly viewer: Viewer;
  readonly idempotency: Idempotency;
  /** Null where nobody's request is executed: for the events of a subscription. */
  readonly trace: RequestTrace | null;
  /** The `User-Agent` of the request, or of the request that opened the WebSocket. */
  readonly userAgent: string | null;
  readonly logger: Logger;
  /** What a use case adds to the line that its mutation writes to the log. */
  noted: object;
  readonly loaders: Loaders;
  readonly services: Services;
}

/** Creates contexts for requests, and without one for the events of a subscription. */
export function contextOf({ needsKeys, ...server }: { needsKeys: boolean } & Pick<Context, 'logger' | 'services'>) {
  return (identity: Identity, loaders: Loaders, request?: RequestOf): Context => ({
    ...server,
    viewer: new Viewer(identity),
    idempotency: { key: request?.idempotencyKey ?? null, required: needsKeys, replayed: false },
    userAgent: request?.userAgent ?? null,
    trace: request?.trace ?? null,
    noted: {},
    loaders,
  });
}
