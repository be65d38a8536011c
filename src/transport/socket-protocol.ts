import { setImmediate } from 'node:timers/promises';
import type { ExecutionArgs, ExecutionResult, GraphQLSchema, parse, validate } from 'graphql';
import { makeServer, type Context as SocketContext, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { Context, RequestOf } from '../context.ts';
import type { Identity } from '../viewer.ts';
import { countedLine } from '../counted-line.ts';
import { BadRequestError } from '../errors.ts';
import type { Fanout } from '../fanout/fanout.ts';
import type { SessionService } from '../session/session.service.ts';
import { authorizationOf, type Connection } from './connection.ts';
import { maskForSocket, withoutHttp } from './error-masks.ts';
import type { GraphQLHandler } from './http.ts';
import { traceOf } from './request-trace.ts';
import { SocketOperation } from './socket-operation.ts';
import type { OutboundSocket } from './outbound-socket.ts';

const TRY_AGAIN = 1013;

export interface ProtocolOptions {
  handler: GraphQLHandler;
  fanout: Fanout;
  logger: Logger;
  identify: SessionService['identify'];
  context(identity: Identity, request: RequestOf): Context;
  /** Maximum number of operations that run on a socket at once. */
  maxSocketOperations: number;
}

export interface SocketExtra {
  socket: OutboundSocket;
  connection: Connection;
}

/** The arguments that `onSubscribe` prepares for `subscribe` and `execute`. */
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

/** Implements the callbacks of graphql-ws: authentication, and how operations are executed. */
export function createProtocol(options: ProtocolOptions): Server<SocketExtra> {
  const { handler, fanout, logger, identify, context, maxSocketOperations } = options;
  const uncheckedToken = countedLine(logger, 'warn', 'a token could not be checked');
  const refusal = (error: unknown) => maskForSocket(error, logger);

  /**
   * If the token cannot be checked because the database or the provider is unreachable, the socket is closed with 1013
   * and the client tries again.
   */
  async function admit({ socket, connection }: SocketExtra, authorization: string | null): Promise<boolean> {
    try {
      return await connection.admit(identify(authorization));
    } catch (error) {
      uncheckedToken.add(error);
      socket.close(TRY_AGAIN, 'Tokens cannot be checked now: try again');
      return false;
    }
  }

  /** An operation counts until its work is finished, even if its client has completed it earlier. */
  function checkRoom({ subscriptions, extra: { socket } }: SocketContext<undefined, SocketExtra>): void {
    const open = Math.max(Object.keys(subscriptions).length, socket.executions.size + 1);
    if (open > maxSocketOperations) {
      throw new BadRequestError(
        `This socket has ${maxSocketOperations} operations under way, the most that it may have. Complete one first.`,
      );
    }
  }

  return makeServer<undefined, SocketExtra>({
    onConnect: ({ connectionParams, extra }) => admit(extra, authorizationOf(connectionParams)),
    async onPing({ extra }, payload) {
      const authorization = authorizationOf(payload);
      if (authorization !== null) await admit(extra, authorization);
    },
    async onSubscribe(socketContext, id, { query, operationName, variables, extensions }) {
      const { socket, connection } = socketContext.extra;
      try {
        checkRoom(socketContext);
        const started = track(socket, setImmediate());
        // GraphiQL connects before it has a token, and sends its headers with each operation.
        const late = authorizationOf(extensions?.headers as Record<string, unknown> | undefined);
        if (late !== null && connection.identity.is === 'anonymous') await admit(socketContext.extra, late);
        await started;
        // An operation that its client has completed before it started is not executed. graphql-ws sends no result for
        // it.
        if (!(id in socketContext.subscriptions)) throw new BadRequestError('This operation was completed.');
        const key = extensions?.idempotencyKey ?? null;
        if (key !== null && typeof key !== 'string') {
          throw new BadRequestError('extensions.idempotencyKey: must be a string.');
        }
        const { schema, execute, parse, validate } = handler.getEnveloped({
          params: { operationName, variables },
        }) as Enveloped;
        const document = parse(query);
        const errors = validate(schema, document);
        if (errors.length > 0) return errors.map(withoutHttp);
        const args: SocketArgs = {
          schema,
          document,
          operationName: operationName ?? null,
          variableValues: variables ?? null,
          contextValue: context(connection.identity, {
            idempotencyKey: key,
            userAgent: connection.userAgent,
            trace: traceOf({ 'x-request-id': extensions?.requestId, traceparent: extensions?.traceparent }),
          }),
          id,
          socket,
          execute,
        };
        return args;
      } catch (error) {
        return [refusal(error)];
      }
    },
    async execute(args) {
      const { execute, socket, ...executionArgs } = args as SocketArgs;
      try {
        const { errors, ...rest } = await track(socket, Promise.resolve(execute(executionArgs)));
        const result = errors ? { errors: errors.map(withoutHttp), ...rest } : rest;
        const { replayed } = executionArgs.contextValue.idempotency;
        // Over HTTP, Yoga turns this into a header.
        return replayed ? { ...result, extensions: { idempotencyReplayed: true } } : result;
      } catch (error) {
        return { errors: [refusal(error)] };
      }
    },
    async subscribe(args) {
      const { id, socket, ...executionArgs } = args as SocketArgs;
      try {
        return await track(socket, SocketOperation.subscribe(fanout, executionArgs, { id, socket }));
      } catch (error) {
        return { errors: [refusal(error)] };
      }
    },
  });
}

/** Tracks the work of a socket's operation. A stop waits for it, and it counts against the limit. */
async function track<T>({ executions }: OutboundSocket, work: Promise<T>): Promise<T> {
  executions.add(work);
  return work.finally(() => executions.delete(work));
}
