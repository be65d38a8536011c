import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, GraphQLSchema, parse, validate } from 'graphql';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Context, Identity } from '../context.ts';
import { BadRequestError } from '../errors.ts';
import type { Fanout } from '../fanout/fanout.ts';
import { toClientError } from '../graphql/mask.ts';
import type { SessionService } from '../session/session.service.ts';
import { authorizationOf, Connection } from './connection.ts';
import { GRAPHQL_PATH, withoutHttpStatus, type GraphQLHandler } from './http.ts';
import { LiveOperation } from './live-operation.ts';
import { OutboundSocket } from './outbound-socket.ts';

const MAX_MESSAGE = 2 * 1024 * 1024;
/** "Service restart": clients come back, to this server or to another. */
const RESTARTING = 1012;
const TRY_AGAIN = 1013;

export interface WebSocketOptions {
  handler: GraphQLHandler;
  fanout: Fanout;
  logger: Logger;
  identify: SessionService['identify'];
  context(identity: Identity, idempotencyKey: string | null): Context;
  maxBufferedBytes: number;
}

/** What `onSubscribe` notes of an operation for `subscribe`. */
interface SocketArgs extends ExecutionArgs {
  contextValue: Context;
  id: string;
  socket: OutboundSocket;
  execute: (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;
}

/** Yoga types them as any. */
interface Enveloped {
  schema: GraphQLSchema;
  parse: typeof parse;
  validate: typeof validate;
  execute: SocketArgs['execute'];
}

/** GraphQL over WebSocket, by graphql-ws. Live frames go past it: see `LiveOperation`. */
export function serveWebSocket(server: Server, options: WebSocketOptions) {
  const { handler, fanout, logger, identify, context, maxBufferedBytes } = options;
  const connections = new WeakMap<object, Connection>();

  const sockets = new WebSocketServer<typeof OutboundSocket>({
    noServer: true,
    WebSocket: OutboundSocket,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
  });
  sockets.on('connection', (socket, request) => {
    socket.attach(request.socket);
    socket.maxBufferedBytes = maxBufferedBytes;
    const connection = new Connection(socket);
    connections.set(socket, connection);
    socket.on('close', () => connection.close());
  });

  const connectionOf = ({ socket }: Extra): Connection => connections.get(socket)!;

  /** Where nobody can tell whose token it is, the client is to come back: the database or the provider is away. */
  async function admit(extra: Extra, authorization: string | null): Promise<boolean> {
    try {
      return await connectionOf(extra).admit(identify(authorization));
    } catch (error) {
      logger.warn({ err: error }, 'a token could not be checked');
      extra.socket.close(TRY_AGAIN, 'Tokens cannot be checked now: try again');
      return false;
    }
  }

  useServer(
    {
      onConnect: ({ connectionParams, extra }) => admit(extra, authorizationOf(connectionParams)),
      async onPing({ extra }, payload) {
        const authorization = authorizationOf(payload);
        if (authorization !== null) await admit(extra, authorization);
      },
      async onSubscribe({ extra }, id, { query, operationName, variables, extensions }) {
        // GraphiQL connects before it has a token, and sends its headers with each operation.
        const late = authorizationOf(extensions?.headers as Record<string, unknown> | undefined);
        if (late !== null && connectionOf(extra).identity.is === 'anonymous') await admit(extra, late);
        const { schema, execute, parse, validate } = handler.getEnveloped({}) as Enveloped;
        const { identity } = connectionOf(extra);
        try {
          const key = extensions?.idempotencyKey ?? null;
          if (key !== null && typeof key !== 'string') {
            throw new BadRequestError('extensions.idempotencyKey: must be a string.');
          }
          const document = parse(query);
          const errors = validate(schema, document);
          if (errors.length > 0) return errors.map(withoutHttpStatus);
          const args: SocketArgs = {
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: variables ?? null,
            contextValue: context(identity, key),
            id,
            socket: extra.socket as OutboundSocket,
            execute,
          };
          return args;
        } catch (error) {
          return [withoutHttpStatus(toClientError(error, logger))];
        }
      },
      async execute(args) {
        const { execute, socket, ...executionArgs } = args as SocketArgs;
        const execution = Promise.resolve(execute(executionArgs));
        socket.executions.add(execution);
        const result = await execution.finally(() => socket.executions.delete(execution));
        result.errors?.forEach(withoutHttpStatus);
        const { replayed } = executionArgs.contextValue.idempotency;
        // In place of the header that Yoga would make of its extension.
        return replayed ? { ...result, extensions: { idempotencyReplayed: true } } : result;
      },
      subscribe(args) {
        const { id, socket, ...executionArgs } = args as SocketArgs;
        return LiveOperation.subscribe(fanout, executionArgs, { id, socket });
      },
    },
    sockets,
  );

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== GRAPHQL_PATH) return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  server.on('upgrade', upgrade);
  sockets.on('wsClientError', (error) => logger.debug({ err: error }, 'a WebSocket could not be opened'));

  return {
    /** Closes each socket as soon as nothing runs on it any more. */
    async stop() {
      server.off('upgrade', upgrade);
      await Promise.all(
        [...sockets.clients].map(async (client) => {
          const closed = new Promise((resolve) => client.once('close', resolve));
          await Promise.race([Promise.allSettled(client.executions), closed]);
          // The answers of what has just finished are sent by graphql-ws in the ticks that follow.
          await new Promise((resolve) => setImmediate(resolve));
          client.close(RESTARTING, 'Restarting: come back');
          await closed;
        }),
      );
    },

    terminate() {
      for (const client of sockets.clients) client.terminate();
    },
  };
}
