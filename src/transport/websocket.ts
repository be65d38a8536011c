import type { Server } from 'node:http';
import { handleProtocols } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { countedLine } from '../counted-line.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import { Connection } from './connection.ts';
import type { HeldPerUser } from './held-per-user.ts';
import { GRAPHQL_PATH } from './http.ts';
import { OutboundSocket } from './outbound-socket.ts';
import { onUpgrade, refuseUpgrade } from './raw-sockets.ts';
import { readTarget } from './request-path.ts';
import { createProtocol, type ProtocolOptions } from './socket-protocol.ts';
import { runProtocol } from './websocket-protocol.ts';

const MAX_MESSAGE = 2 * 1024 * 1024;
/** "Service restart": clients reconnect, to this server or to another. */
const RESTARTING = 1012;

export interface WebSocketOptions extends ProtocolOptions {
  logger: Logger;
  heldPerUser: HeldPerUser;
  live: Pick<LiveSessions, 'hold'>;
  maxBufferedBytes: number;
}

/** GraphQL over WebSocket, by graphql-ws. Live frames are written without it: see `SocketOperation`. */
export function serveWebSocket(server: Server, options: WebSocketOptions) {
  const { logger, heldPerUser, live, maxBufferedBytes } = options;
  const protocol = createProtocol(options);
  let isStopping = false;

  const sockets = new WebSocketServer<typeof OutboundSocket>({
    noServer: true,
    WebSocket: OutboundSocket,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols,
  });
  // Clients can cause this as often as they like, so it is logged at debug level.
  const failed = countedLine(logger, 'debug', 'a WebSocket failed');
  const badHandshake = countedLine(logger, 'debug', 'a WebSocket could not be opened');

  onUpgrade(server, logger, (request, socket, head) => {
    if (isStopping) return refuseUpgrade(socket, 503, 'This server is stopping. Come back.');
    if (readTarget(request) !== GRAPHQL_PATH) return refuseUpgrade(socket, 404, 'Not found. The API is at /graphql.');
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.attach(request.socket);
      client.maxBufferedBytes = maxBufferedBytes;
      const userAgent = request.headers['user-agent'] ?? null;
      const connection = new Connection({ socket: client, heldPerUser, live, userAgent });
      client.once('close', () => connection.close());
      runProtocol(protocol, { socket: client, connection }, failed.add);
    });
  });
  sockets.on('wsClientError', (error, socket) => {
    badHandshake.add(error);
    refuseUpgrade(socket, 400, `${error.message}.`, ['Sec-WebSocket-Version: 13']);
  });

  return {
    /** Closes each socket when nothing runs on it any more. */
    async stop() {
      isStopping = true;
      await Promise.all(
        [...sockets.clients].map(async (client) => {
          const closed = new Promise((resolve) => client.once('close', resolve));
          await Promise.race([Promise.allSettled(client.executions), closed]);
          // graphql-ws sends the results of operations that have just finished in the following ticks.
          await new Promise((resolve) => setImmediate(resolve));
          client.close(RESTARTING, 'Restarting: come back');
          await closed;
        }),
      );
    },
  };
}
