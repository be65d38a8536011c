import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import type { AppOptions } from './app-options.ts';
import { contextOf, type RequestOf } from './context.ts';
import { countedLine } from './counted-line.ts';
import { Canary } from './operations/canary.ts';
import { EphemeralTopics } from './delivery/ephemeral-topics.ts';
import { Presence } from './delivery/presence.ts';
import { Hub } from './delivery/hub.ts';
import type { LogEvent } from './log/event-types.ts';
import { createLogReader } from './log/log-reader.ts';
import { purgeViewerState } from './operations/purge-viewer-state.ts';
import { startRetention } from './operations/retention.ts';
import { followTimeline } from './operations/timeline.ts';
import { createMutationRunner } from './log/mutation-runner.ts';
import { Fanout } from './fanout/fanout.ts';
import { toClientError } from './graphql/mask.ts';
import { schema as productSchema } from './schema.ts';
import { limits } from './limits.ts';
import { createLoaders } from './loaders.ts';
import { removeExpiredSessions } from './session/accounts.ts';
import { createServices } from './services.ts';
import { followSessions } from './session/live-sessions.ts';
import { HeldPerUser } from './transport/held-per-user.ts';
import { createGraphQLHandler } from './transport/http.ts';
import { openFilesLeft } from './transport/open-files.ts';
import { trackSockets } from './transport/raw-sockets.ts';
import { createHttpServer } from './transport/server.ts';
import { liveSse } from './transport/sse.ts';
import { serveWebSocket } from './transport/websocket.ts';
import type { Identity } from './viewer.ts';
import { createViewerChangesReader } from './viewer-state/viewer-changes.ts';

const CANARY_MS = 10_000;
/** Milliseconds that connections which were cut off may take to end. */
const CUT_OFF_MS = 500;

export type App = Awaited<ReturnType<typeof startApp>>;

/** Starts one server: it connects all parts, listens, and stops in order. It reads no environment variables. */
export async function startApp(options: AppOptions) {
  const { database, pubsub, logger, hasReceipts, hasPresence, reconcileMs } = options;
  const { db } = database;

  const log = createLogReader(db, database.statement);
  const reserve = createLogReader(db, database.reserve);
  const mutations = createMutationRunner({ db, pubsub, log });
  const viewerChanges = createViewerChangesReader(database.reserve);
  const notUnderstood = countedLine(logger, 'error', 'a published payload was not understood and is lost');
  const live = await followSessions({ statement: database.reserve, pubsub, notUnderstood });
  const topics = new EphemeralTopics({ pubsub, notUnderstood });
  const onDelivered = (event: LogEvent) => {
    topics.delivered(event);
    presence.delivered(event);
  };
  const others = [live.compare];
  const hub = new Hub({ log, reserve, viewerChanges, pubsub, logger, reconcileMs, others, onDelivered });
  const presence = new Presence({
    pubsub,
    statement: database.statement,
    reserve: database.reserve,
    notUnderstood,
    logger,
    retryWhileAway: (read) => hub.retryWhileAway(read),
    hasPresence,
    everyMs: options.presenceMs,
  });
  const timeline = await followTimeline({ database, hub, logger, everyMs: reconcileMs });
  const services = createServices({ ...options, log, mutations, hub, topics, presence, live });

  const loaders = () => createLoaders({ ...database, hasReceipts, hasPresence });
  const contextWith = contextOf({ needsKeys: options.idempotency === 'required', logger, services });
  const context = (identity: Identity, request: RequestOf) => contextWith(identity, loaders(), request);
  const fanout = new Fanout({
    logger,
    loaders,
    context: contextWith,
    mask: ({ errors, ...result }: ExecutionResult) =>
      errors ? { ...result, errors: errors.map((error) => toClientError(error, logger)) } : result,
    retryWhileAway: (read) => hub.retryWhileAway(read),
    ...(options.onUnmarkedField && { onUnmarkedField: options.onUnmarkedField }),
  });

  const identify = services.session.identify;
  const { schema = productSchema, maxBufferedBytes, corsOrigins } = options;
  const { operationMs = limits.operation.milliseconds } = options;
  const heldPerUser = new HeldPerUser(options.maxUserConnections);
  const sse = liveSse({ fanout, heldPerUser, live, maxBufferedBytes });
  const handler = createGraphQLHandler({ schema, logger, corsOrigins, operationMs, identify, context, plugins: [sse] });
  const canary = new Canary({
    statement: database.reserve,
    hub,
    mutations,
    logger,
    intervalMs: options.canaryMs ?? CANARY_MS,
  });
  let isStopping = false;
  const health = () => {
    const beat = canary.report();
    const { unmarkedFields, perViewerItems } = fanout;
    const delivery = {
      ...hub.size(),
      ...topics.size(),
      ...presence.size(),
      ...fanout.size(),
      unmarkedFields,
      perViewerItems,
    };
    const report = { canary: beat, redis: pubsub.health(), ...delivery };
    return { ready: beat.alive && !isStopping, ...(options.hasHealthDetails && { report }) };
  };
  const server = createHttpServer({
    ...options,
    graphql: handler,
    health,
    maxConnections: options.maxConnections ?? openFilesLeft(),
  });
  const sockets = trackSockets(server);
  const webSocket = serveWebSocket(server, { ...options, handler, fanout, identify, context, heldPerUser, live });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  canary.start();
  const retention = startRetention({
    db,
    logger,
    logRetentionMs: options.logRetentionMs,
    others: [
      (limit) => removeExpiredSessions(db, limit),
      (limit) => services.account.finishDeletions(limit),
      () => purgeViewerState(db, options.logRetentionMs),
    ],
  });

  return {
    port,
    hub,
    fanout,
    presence,
    retention,

    /**
     * Accepts nothing new, lets running operations finish, and disconnects the clients so that they reconnect
     * elsewhere.
     */
    async stop(): Promise<void> {
      isStopping = true;
      await setTimeout(options.shutdownDelayMs);
      const closed = new Promise((resolve) => server.close(resolve));
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      sse.stop();
      const finish = async () => {
        await Promise.all([webSocket.stop(), closed, retention.stop(), canary.stop(), timeline.stop()]);
        topics.stop();
        await presence.stop();
        live.stop();
        await hub.stop();
      };
      const deadline = new AbortController();
      const late = setTimeout(options.shutdownMs, 'late', deadline).then(async () => {
        sockets.destroyAll();
        logger.warn('the stop took too long: what was still under way is cut off');
        await setTimeout(CUT_OFF_MS, undefined, deadline);
      });
      // A database that does not answer delays the stop no longer than a client may.
      await Promise.race([finish(), late.catch(() => undefined)]);
      deadline.abort();
      clearInterval(idle);
    },
  };
}
