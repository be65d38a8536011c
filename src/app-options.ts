import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Database } from './database/open.ts';
import type { PubSub } from './pubsub/pubsub.ts';
import type { AuthConfig } from './session/session.service.ts';

/** What `startApp` needs to know. */
export interface AppOptions {
  /** The caller opens and closes it. */
  database: Database;
  /** The caller opens and closes it, too. */
  pubsub: PubSub;
  logger: Logger;
  auth: AuthConfig;
  host: string;
  /** 0 takes any free port. */
  port: number;
  corsOrigins: readonly string[];
  idempotency: 'optional' | 'required';
  /** Whether members see how far others have read. */
  hasReceipts: boolean;
  /** Whether `/health` tells how much the server does, and the state of Redis. */
  hasHealthDetails: boolean;
  /** Whether users see who of others is online. */
  hasPresence: boolean;
  /** Milliseconds between two comparisons of presence with the database; 30,000 by default. */
  presenceMs?: number;
  reconcileMs: number;
  maxBufferedBytes: number;
  /** The folder of the built application. */
  webRoot: string;
  /** Milliseconds that events are kept for clients to resume from. */
  logRetentionMs: number;
  /** Maximum number of connections. By default what the limit of open files allows. */
  maxConnections?: number | undefined;
  /** WebSockets and streams of Server-Sent Events that a user may have at once, on this server. */
  maxUserConnections: number;
  /** Maximum number of operations that run on a WebSocket at once. */
  maxSocketOperations: number;
  /** Milliseconds that a client may take to send the headers of a request. */
  handshakeMs: number;
  /** Milliseconds that an idle connection is kept open. */
  keepAliveMs: number;
  /** Milliseconds that `stop` only reports the server as not ready, before it stops anything. */
  shutdownDelayMs: number;
  /** Milliseconds that `stop` waits for running operations. */
  shutdownMs: number;
  /** Milliseconds that a query may take; 15,000 by default. */
  operationMs?: number;
  /** Milliseconds between two probes of the canary; 10,000 by default. */
  canaryMs?: number;
  /** Called when a field that is not marked as viewer-dependent asked for the viewer. Its result is never shared. */
  onUnmarkedField?: (operation: string) => void;
  /** By default the schema of the product. */
  schema?: GraphQLSchema;
}
