/** A standard GraphQL Yoga with graphql-ws, set up as Yoga documents it. */
import { createServer } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';
import { createPeerSchema } from './peer-schema.ts';

type Enveloped = ReturnType<ReturnType<typeof createYoga>['getEnveloped']>;
interface EnvelopedArgs extends ExecutionArgs {
  rootValue: Pick<Enveloped, 'execute' | 'subscribe'>;
}

const yoga = createYoga({ schema: createPeerSchema(), context: () => ({ loaders: null }), logging: false });
const server = createServer((request, response) => void yoga(request, response));
useServer(
  {
    execute: (args) => (args as EnvelopedArgs).rootValue.execute(args),
    subscribe: (args) => (args as EnvelopedArgs).rootValue.subscribe(args),
    async onSubscribe({ extra, connectionParams }, _id, params) {
      const { request: req, socket } = extra as Extra;
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        connectionParams,
        req,
        socket,
        params,
      });
      const args: EnvelopedArgs = {
        schema,
        operationName: params.operationName ?? null,
        document: parse(params.query),
        variableValues: params.variables ?? null,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
);
listen(server);
