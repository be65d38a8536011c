/**
 * A standard Apollo Server with graphql-ws, set up as Apollo documents it. graphql-js executes the subscriptions, on
 * the same schema.
 */
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';
import { createPeerSchema, type PeerContext } from './peer-schema.ts';

const schema = createPeerSchema();
const server = createServer();
useServer({ schema, context: () => ({ loaders: null }) }, new WebSocketServer({ server, path: '/graphql' }));
const apollo = new ApolloServer<PeerContext>({
  schema,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer: server })],
  stopOnTerminationSignals: false,
});
await apollo.start();
listen(server);
