import type { AddressInfo } from 'node:net';
import type { ExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import { createChatGate } from './chat/chat.gate.ts';
import { createChatService } from './chat/chat.service.ts';
import { createMemberService } from './chat/member.service.ts';
import type { Context, Identity, Services } from './context.ts';
import { Viewer } from './context.ts';
import type { Database } from './database/open.ts';
import { Canary } from './events/canary.ts';
import { Hub } from './events/hub.ts';
import { createLogReader } from './events/log.ts';
import type { PubSub } from './events/pubsub.ts';
import { startRetention } from './events/retention.ts';
import { createWriter } from './events/writer.ts';
import { Fanout } from './fanout/fanout.ts';
import { checkCost } from './graphql/cost.ts';
import { toClientError } from './graphql/mask.ts';
import { schema } from './graphql/schema.ts';
import { Loaders } from './loaders.ts';
import { createMessageService } from './message/message.service.ts';
import { createReactionService } from './reaction/reaction.service.ts';
import { removeExpiredSessions } from './session/accounts.ts';
import { createSessionService, type AuthConfig } from './session/session.service.ts';
import { createStreamService } from './stream/stream.service.ts';
import { createGraphQLHandler } from './transport/http.ts';
import { createHttpServer } from './transport/server.ts';
import { liveSse } from './transport/sse.ts';
import { serveWebSocket } from './transport/websocket.ts';
import { createUserService } from './user/user.service.ts';

export interface AppOptions {
  /** Opened by the caller, who also closes it. */
  database: Database;
  /** As the database. */
  pubsub: PubSub;
  logger: Logger;
  auth: AuthConfig;
  host: string;
  /** 0 takes any free port. */
  port: number;
  corsOrigins: readonly string[];
  idempotency: 'optional' | 'required';
  reconcileMs: number;
  maxBufferedBytes: number;
  /** The folder of the built application. */
  webRoot: string;
  /** How long events are kept for clients to resume from, in milliseconds. */
  logRetentionMs: number;
  /** How long `stop` waits for running operations, in milliseconds. */
  shutdownMs: number;
  /** How often an event is sent the way of all events, to see whether it arrives; 10 s by default. */
  canaryMs?: number;
  /** Called where a field depends on the viewer that the schema does not mark. Its result is not shared either way. */
  onUnmarkedField?: (operation: string) => void;
}

const CANARY_MS = 10_000;

export type App = Awaited<ReturnType<typeof startApp>>;

/** One server: wires everything, listens, and stops in order. It reads no environment and keeps no globals. */
export async function startApp(options: AppOptions) {
  const { database, pubsub, logger } = options;
  const { db } = database;

  const log = createLogReader(db);
  const writer = createWriter(db, pubsub);
  const hub = new Hub({ log, pubsub, logger, reconcileMs: options.reconcileMs });
  const gate = createChatGate(database);
  const messages = createMessageService({ db, statement: database.statement, writer, gate });
  const services: Services = {
    session: createSessionService({ db, auth: options.auth }),
    users: createUserService(db),
    gate,
    chats: createChatService({ statement: database.statement, log, writer, gate }),
    members: createMemberService({ log, writer, gate }),
    messages,
    reactions: createReactionService({ db, writer, messages }),
    streams: createStreamService({ hub, gate }),
  };

  const context = (identity: Identity, key: string | null = null): Context => ({
    viewer: new Viewer(identity),
    idempotency: { key, required: options.idempotency === 'required', replayed: false },
    loaders: new Loaders(database),
    services,
  });
  const fanout = new Fanout({
    logger,
    context,
    mask: ({ errors, ...result }: ExecutionResult) =>
      errors ? { ...result, errors: errors.map((error) => toClientError(error, logger)) } : result,
    refuse: checkCost,
    persist: (read) => hub.persist(read),
    ...(options.onUnmarkedField && { onUnmarkedField: options.onUnmarkedField }),
  });

  const identify = services.session.identify;
  const { maxBufferedBytes, corsOrigins } = options;
  const sse = liveSse(fanout, maxBufferedBytes);
  const handler = createGraphQLHandler({ schema, logger, corsOrigins, identify, context, plugins: [sse] });
  const health = () => {
    const beat = canary.report();
    const report = { canary: beat, redis: pubsub.health(), ...hub.size(), ...fanout.size(), unmarked: fanout.unmarked };
    return { ready: beat.alive, report };
  };
  const server = createHttpServer({ graphql: handler, health, webRoot: options.webRoot });
  const webSocket = serveWebSocket(server, { handler, fanout, logger, identify, context, maxBufferedBytes });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const canary = new Canary({ db, hub, writer, logger, intervalMs: options.canaryMs ?? CANARY_MS });
  const retention = startRetention({
    db,
    logger,
    logRetentionMs: options.logRetentionMs,
    others: [(limit) => removeExpiredSessions(db, limit)],
  });

  return {
    port,
    hub,
    fanout,
    retention,

    /** Takes nothing new, lets running operations finish, sends the clients elsewhere. */
    async stop(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const deadline = setTimeout(() => {
        server.closeAllConnections();
        webSocket.terminate();
      }, options.shutdownMs);
      sse.stop();
      await Promise.all([webSocket.stop(), closed, retention.stop(), canary.stop()]);
      clearTimeout(deadline);
      clearInterval(idle);
      await hub.stop();
    },
  };
}
