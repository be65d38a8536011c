import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError, type DocumentNode, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context, RequestOf } from '../context.ts';
import type { Identity } from '../viewer.ts';
import { Documents } from '../graphql/documents.ts';
import { executeInTime } from '../graphql/time-limit.ts';
import { bodyLimit } from './body-limit.ts';
import { maskForHttp } from './error-masks.ts';
import { graphiqlExample } from './graphiql-example.ts';
import { contentSecurity } from './headers.ts';
import { REQUEST_ID, traceOf } from './request-trace.ts';

export const GRAPHQL_PATH = '/graphql';
/** Operations in one HTTP request, and bytes of its body. */
const BATCH_LIMIT = 10;
const REQUEST_LIMIT = 2 * 1024 * 1024;

/** The parts of Yoga's context that come from Node.js. */
export interface NodeContext {
  req: IncomingMessage;
  res: ServerResponse;
}

export interface HttpOptions {
  schema: GraphQLSchema;
  logger: Logger;
  corsOrigins: readonly string[];
  /** Milliseconds that a query may take. */
  operationMs: number;
  identify(authorization: string | null): Promise<Identity>;
  context(identity: Identity, request: RequestOf): Context;
  plugins: Plugin<Context & NodeContext, NodeContext>[];
}

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

/** GraphQL over HTTP and Server-Sent Events, and GraphiQL, by graphql-yoga. */
export function createGraphQLHandler(options: HttpOptions) {
  const { schema, logger, corsOrigins, operationMs, identify, context, plugins } = options;
  const mask = (error: unknown) => maskForHttp(error, logger);
  const yoga = createYoga<NodeContext, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    batching: { limit: BATCH_LIMIT },
    maxRequestBodySize: false,
    multipart: false,
    // `Documents` caches them: Yoga's cache is bounded by their number and not by their bytes.
    parserAndValidationCache: false,
    landingPage: false,
    logging: false,
    maskedErrors: { maskError: mask, errorMessage: '' },
    // To an origin that is not listed Yoga would answer `null`, which is the origin of sandboxed frames.
    cors: (request) =>
      (corsOrigins.includes('*') || corsOrigins.includes(request.headers.get('origin') ?? '')) && {
        origin: [...corsOrigins],
        allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', REQUEST_ID, 'traceparent'],
        exposedHeaders: ['Idempotency-Replayed', REQUEST_ID],
        methods: ['GET', 'POST', 'OPTIONS'],
        // Tokens travel in a header of their own, never in cookies.
        credentials: false,
      },
    renderGraphiQL,
    graphiql: { title: 'Parley', defaultQuery: graphiqlExample, subscriptionsProtocol: 'WS' },
    context: async ({ request, req }) =>
      context(await identify(request.headers.get('authorization')), {
        idempotencyKey: idempotencyKey(request),
        trace: traceOf(req.headers),
        userAgent: request.headers.get('user-agent'),
      }),
    plugins: [
      bodyLimit(REQUEST_LIMIT),
      requestErrors(mask),
      limited(new Documents(schema), operationMs),
      idempotencyHeaders,
      pageSecurity,
      ...plugins,
    ],
  });
  return yoga;
}

/** Node reads a header's bytes as Latin-1; a key is the text that they are in UTF-8, as over WebSocket. */
function idempotencyKey(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  return key === null ? null : Buffer.from(key, 'latin1').toString();
}

/** Gives errors of the request itself the code BAD_REQUEST. */
const requestErrors = (mask: (error: unknown) => GraphQLError): Plugin => ({
  onParse() {
    return ({ result, replaceParseResult }) => {
      if (result instanceof Error) replaceParseResult(mask(result));
    };
  },
  onValidate() {
    return ({ valid, result, setResult }) => {
      if (!valid) setResult(result.map(mask));
    };
  },
  onExecute: () => ({
    onExecuteDone({ result, setResult }) {
      if (!('errors' in result) || !result.errors) return;
      // Errors of variables and of the operation's name. Yoga masks the errors of resolvers, but not these.
      const ofRequest = ({ originalError, extensions }: GraphQLError) => !originalError && !extensions.code;
      setResult({
        ...result,
        errors: result.errors.map((error: GraphQLError) => (ofRequest(error) ? mask(error) : error)),
      });
    },
  }),
});

/** Every transport parses and validates with this plugin, also each operation of a batch or of a socket. */
const limited = (documents: Documents, operationMs: number): Plugin<Context> => ({
  onParse: ({ setParseFn }) => setParseFn((source: string) => documents.parse(source)),
  onValidate: ({ context, setValidationFn }) =>
    setValidationFn((_: unknown, document: DocumentNode) => documents.validate(document, context.params)),
  // The `execute` of graphql-js is used: Yoga's supports incremental delivery, which Parley does not need, and is
  // slower.
  onExecute: ({ setExecuteFn }) => setExecuteFn((args: ExecutionArgs) => executeInTime(args, operationMs)),
});

const pageSecurity: Plugin = {
  onResponse({ response }) {
    if (!response.headers.get('content-type')?.startsWith('text/html')) return;
    response.headers.set('Content-Security-Policy', contentSecurity.graphiql);
  },
};

const idempotencyHeaders: Plugin<Context> = {
  onRequestParse: ({ request }) => ({
    onRequestParseDone({ requestParserResult }) {
      if (Array.isArray(requestParserResult) && request.headers.has('idempotency-key')) {
        throw new GraphQLError('Idempotency-Key: send it with a single operation, not with a batch.', {
          extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
        });
      }
    },
  }),
  onExecute: ({ args }) => ({
    onExecuteDone({ result, setResult }) {
      if (!args.contextValue.idempotency.replayed || !('data' in result)) return;
      setResult({ ...result, extensions: { http: { headers: { 'Idempotency-Replayed': 'true' } } } });
    },
  }),
};
