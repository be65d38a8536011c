import type { GraphQLSchema } from 'graphql';
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

export const schema: GraphQLSchema = builder.toSchema();
