/**
 * Parley's schema, with resolvers as the documentation of the standard servers shows them: each subscriber is served
 * separately.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import DataLoader from 'dataloader';
import { buildSchema, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { RedisPubSub } from 'graphql-redis-subscriptions';
import { Redis } from 'ioredis';
import pg from 'pg';
import { environment } from './listen.ts';

export interface PeerContext {
  loaders: Loaders;
}

interface PeerMessage {
  id: string;
  author: { id: string };
  reactions: object[];
}

interface Payload {
  messageCreated?: PeerMessage;
  events?: { message: PeerMessage };
}

type Loaders = ReturnType<typeof createLoaders>;
type Resolver = GraphQLFieldResolver<unknown, PeerContext>;

const pool = new pg.Pool({ connectionString: environment('DATABASE_URL') });

function createLoaders() {
  const rowsOf = async (sql: string, ids: readonly string[]) => {
    const { rows } = await pool.query<{ key: string }>(sql, [ids]);
    return ids.map((id) => rows.filter(({ key }) => key === id));
  };
  return {
    user: new DataLoader<string, object | undefined>(async (ids) => {
      const found = await rowsOf('SELECT id AS key, username, display_name FROM "user" WHERE id = ANY($1)', ids);
      return found.map((rows) => rows[0]);
    }),
    reactionsOf: new DataLoader<string, object[]>((ids) =>
      rowsOf('SELECT message_id AS key, id, emoji, user_id FROM reaction WHERE message_id = ANY($1)', ids),
    ),
  };
}

/**
 * Each event gets new loaders; otherwise it would show the rows of an earlier event. Rows in the payload are not read
 * again.
 */
function refresh(context: PeerContext, { id, author, reactions }: PeerMessage): void {
  context.loaders = createLoaders();
  context.loaders.user.prime(author.id, author);
  context.loaders.reactionsOf.prime(id, reactions);
}

export function createPeerSchema(): GraphQLSchema {
  const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
  const redisUrl = environment('REDIS_URL');
  const pubsub = new RedisPubSub({
    publisher: new Redis(redisUrl),
    // The check is a command that a connection refuses after it has subscribed, and a client may subscribe before the
    // check.
    subscriber: new Redis(redisUrl, { enableReadyCheck: false }),
  });
  const prefix = environment('REDIS_PREFIX');
  const rowIdOf = (globalId: string) => Buffer.from(globalId, 'base64url').toString().split(':')[1];
  const source = (field: string, chatId: string) =>
    pubsub.asyncIterableIterator(`${prefix}:${field}:${rowIdOf(chatId)}`);

  const fieldsOf = (type: string) => (schema.getType(type) as GraphQLObjectType<unknown, PeerContext>).getFields();
  const { messageCreated, events } = fieldsOf('Subscription');
  Object.assign(messageCreated!, {
    subscribe: (_: unknown, { chatId }: { chatId: string }) => source('messageCreated', chatId),
    resolve: ((payload: Payload, _, context) => {
      refresh(context, payload.messageCreated!);
      return payload.messageCreated;
    }) as Resolver,
  });
  Object.assign(events!, {
    subscribe: (_: unknown, { since }: { since: { chatId: string }[] }) => source('events', since[0]!.chatId),
    resolve: ((payload: Payload, _, context) => {
      refresh(context, payload.events!.message);
      return payload.events;
    }) as Resolver,
  });
  const { author, reactions } = fieldsOf('Message');
  author!.resolve = (message, _, { loaders }) => loaders.user.load((message as PeerMessage).author.id);
  reactions!.resolve = (message, _, { loaders }) => loaders.reactionsOf.load((message as PeerMessage).id);
  return schema;
}
