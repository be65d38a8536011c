import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { execute, GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context, Identity } from '../context.ts';
import { checkCost } from '../graphql/cost.ts';
import { toClientError } from '../graphql/mask.ts';
import { bodyLimit } from './body-limit.ts';
import { graphiqlExample } from './graphiql-example.ts';

export const GRAPHQL_PATH = '/graphql';
/** Operations in one HTTP request, and bytes of its body. */
const BATCH_LIMIT = 10;
const REQUEST_LIMIT = 2 * 1024 * 1024;

export interface HttpOptions {
  schema: GraphQLSchema;
  logger: Logger;
  corsOrigins: readonly string[];
  identify(authorization: string | null): Promise<Identity>;
  context(identity: Identity, idempotencyKey: string | null): Context;
  plugins: Plugin<Context>[];
}

export type GraphQLHandler = ReturnType<typeof createGraphQLHandler>;

/** GraphQL over HTTP and Server-Sent Events, and GraphiQL, by graphql-yoga. */
export function createGraphQLHandler({ schema, logger, corsOrigins, identify, context, plugins }: HttpOptions) {
  const mask = (error: unknown) => withHttpStatus(toClientError(error, logger));
  const yoga = createYoga<object, Context>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    batching: { limit: BATCH_LIMIT },
    maxRequestBodySize: false,
    multipart: false,
    landingPage: false,
    logging: false,
    maskedErrors: { maskError: mask, errorMessage: '' },
    // To an origin that is not listed Yoga would answer `null`, which is the origin of sandboxed frames.
    cors: (request) =>
      (corsOrigins.includes('*') || corsOrigins.includes(request.headers.get('origin') ?? '')) && {
        origin: [...corsOrigins],
        allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
        exposedHeaders: ['Idempotency-Replayed'],
        methods: ['GET', 'POST', 'OPTIONS'],
        // Tokens travel in a header of their own, never in cookies.
        credentials: false,
      },
    renderGraphiQL,
    graphiql: { title: 'Parley', defaultQuery: graphiqlExample, subscriptionsProtocol: 'WS' },
    context: async ({ request }) =>
      context(await identify(request.headers.get('authorization')), idempotencyKey(request)),
    plugins: [bodyLimit(REQUEST_LIMIT), requestErrors(mask), costLimit, idempotencyHeaders, ...plugins],
  });
  return yoga;
}

/** Node reads a header's bytes as Latin-1; a key is the text that they are in UTF-8, as over WebSocket. */
function idempotencyKey(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  return key === null ? null : Buffer.from(key, 'latin1').toString();
}

/** What another transport answers of an error that was meant for HTTP. */
export function withoutHttpStatus(error: GraphQLError): GraphQLError {
  delete error.extensions.http;
  delete error.extensions.unexpected;
  return error;
}

/** Yoga reads the status from an extension, and takes it out again. */
function withHttpStatus(error: GraphQLError): GraphQLError {
  const status = { UNAUTHENTICATED: 401 }[String(error.extensions.code)];
  if (status) error.extensions.http = { ...error.extensions.http, status };
  if (error.extensions.code === 'INTERNAL_SERVER_ERROR') error.extensions.unexpected = true;
  // A body that could not be read at all is refused whatever the client accepts.
  if (error.extensions.http?.spec && !error.nodes && !error.source) error.extensions.http = { status: 400 };
  return error;
}

/** What is wrong with a request itself is BAD_REQUEST, as everything else has its code. */
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
      // Of variables and the operation's name: Yoga masks what resolvers throw, and leaves these as they are.
      const ofRequest = ({ originalError, extensions }: GraphQLError) => !originalError && !extensions.code;
      setResult({
        ...result,
        errors: result.errors.map((error: GraphQLError) => (ofRequest(error) ? mask(error) : error)),
      });
    },
  }),
});

const costLimit: Plugin<Context> = {
  onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
    // graphql-js' own: Yoga's also streams, which nothing here does, and takes longer.
    setExecuteFn(execute);
    const errors = checkCost(args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
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
