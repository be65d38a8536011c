import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Database } from './database/open.ts';
import type { PubSub } from './pubsub/pubsub.ts';
import type { AuthConfig } from './session/session.service.ts';

/** The options of `startApp`. */
export interface AppOptions {
  /** The caller opens and closes the database. */
  database: Database;
  /** The caller opens and closes the PubSub, too. */
  pubsub: PubSub;
  logger: Logger;
  auth: AuthConfig;
  host: string;
  /** With 0 any free port is taken. */
  port: number;
  corsOrigins: readonly string[];
  idempotency: 'optional' | 'required';
  /** Whether members see how far others have read. */
  hasReceipts: boolean;
  /** Whether `/health` shows how many feeds, users and subscribers the server has, and the state of Redis. */
  hasHealthDetails: boolean;
  /** Whether users see which others are online. */
  hasPresence: boolean;
  /** Milliseconds between two comparisons of presence with the database; 30,000 by default. */
  presenceMs?: number;
  reconcileMs: number;
  maxBufferedBytes: number;
  /** The folder of the built application. */
  webRoot: string;
  /** Milliseconds that events are kept for clients to resume from. */
  logRetentionMs: number;
  /** Maximum number of connections. By default it follows from the limit of open files. */
  maxConnections?: number | undefined;
  /** Maximum number of WebSockets and streams of Server-Sent Events that a user has at once, on this server. */
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
  /** The GraphQL schema; by default that of the product. */
  schema?: GraphQLSchema;
}
