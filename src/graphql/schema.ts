import type { GraphQLInterfaceType, GraphQLSchema } from 'graphql';
import './scalars.ts';
import './errors.ts';
import '../session/session.schema.ts';
import '../user/user.schema.ts';
import '../chat/chat.schema.ts';
import '../chat/chat.events.ts';
import '../chat/chat.mutations.ts';
import '../message/message.schema.ts';
import '../message/message.events.ts';
import '../message/message.mutations.ts';
import '../reaction/reaction.schema.ts';
import '../stream/stream.schema.ts';
import { builder } from './builder.ts';
import { encodeId } from './ids.ts';

export const schema: GraphQLSchema = builder.toSchema();

// The Relay plugin answers ids by promises, and an object with a promise in it is one too: of a page, every row.
for (const type of schema.getPossibleTypes(schema.getType('Node') as GraphQLInterfaceType)) {
  type.getFields().id!.resolve = ({ id }: { id: string }) => encodeId(type.name, id);
}
