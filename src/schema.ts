import type { GraphQLInterfaceType, GraphQLSchema } from 'graphql';
import './graphql/scalars.ts';
import './graphql/errors.ts';
import './session/session.schema.ts';
import './session/active-sessions.schema.ts';
import './user/user.schema.ts';
import './user/user.mutations.ts';
import './block/block.events.ts';
import './block/block.schema.ts';
import './chat/chat.schema.ts';
import './chat/chat.events.ts';
import './chat/chat.mutations.ts';
import './account/account.schema.ts';
import './message/message.schema.ts';
import './message/message.events.ts';
import './message/message.mutations.ts';
import './reaction/reaction.schema.ts';
import './mention/mention.schema.ts';
import './read-state/read-state.schema.ts';
import './read-state/receipt.schema.ts';
import './read-state/receipt.mutations.ts';
import './read-state/read-state.events.ts';
import './read-state/read-state.mutations.ts';
import './preferences/preferences.schema.ts';
import './preferences/preferences.events.ts';
import './preferences/preferences.mutations.ts';
import './draft/draft.schema.ts';
import './draft/draft.mutations.ts';
import './saved-message/saved-message.schema.ts';
import './saved-message/saved-message.mutations.ts';
import './events/events.schema.ts';
import './ephemeral/ephemeral.schema.ts';
import './typing/typing.schema.ts';
import './presence/presence.schema.ts';
import { logMutations } from './graphql/mutation-log.ts';
import { required } from './required.ts';
import { builder } from './graphql/builder.ts';
import { encodeId } from './graphql/ids.ts';

export const schema: GraphQLSchema = builder.toSchema();
logMutations(schema);

// The Relay plugin resolves `id` asynchronously, and graphql-js then awaits every object that selects it. Our ids are
// synchronous; this saves a promise per row.
for (const type of schema.getPossibleTypes(schema.getType('Node') as GraphQLInterfaceType)) {
  required(type.getFields().id).resolve = ({ id }: { id: string }) => encodeId(type.name, id);
}
