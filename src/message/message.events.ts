import type { Context } from '../context.ts';
import { eventOf, type StreamItem as StreamItemShape } from '../log/event-types.ts';
import { subscriptions, type Accepts } from '../log/subscriptions.ts';
import { builder } from '../graphql/builder.ts';
import { Event, eventRef, StreamItem } from '../graphql/event.ts';
import { rowId } from '../graphql/ids.ts';
import { User } from '../user/user.schema.ts';
import { required } from '../required.ts';
import { Message } from './message.schema.ts';

export const interfaces = [Event, StreamItem];
const messageEvents = [
  'MESSAGE_CREATED',
  'MESSAGE_EDITED',
  'MESSAGE_DELETED',
  'REACTION_ADDED',
  'REACTION_REMOVED',
] as const;
export const messageOf = async (item: StreamItemShape, _: unknown, { loaders }: Context) =>
  required(await loaders.message.load(eventOf(item, ...messageEvents).messageId));

eventRef('MessageCreated').implement({
  description: 'A message was sent.',
  interfaces,
  fields: (t) => ({ message: t.field({ type: Message, description: 'The message.', resolve: messageOf }) }),
});

eventRef('MessageEdited').implement({
  description: 'A message was edited.',
  interfaces,
  fields: (t) => ({
    message: t.field({ type: Message, description: 'The message as it now is.', resolve: messageOf }),
  }),
});

eventRef('MessageDeleted').implement({
  description: 'A message was deleted.',
  interfaces,
  fields: (t) => ({
    message: t.field({ type: Message, description: 'The message, without its content.', resolve: messageOf }),
    deletedBy: t.field({
      type: User,
      description: 'Who deleted it.',
      resolve: async (item, _, { loaders }) =>
        required(await loaders.user.load(eventOf(item, 'MESSAGE_DELETED').actorId)),
    }),
  }),
});

const open = ({ viewer, services }: Context, chatId: string | null | undefined, accepts: Accepts) =>
  chatId == null
    ? services.streams.ofAllChats(viewer.require(), accepts)
    : services.streams.ofChat(viewer.require(), rowId('Chat', chatId), accepts);

builder.subscriptionFields((t) => ({
  messageCreated: t.field({
    type: Message,
    description:
      'A message was sent, in one chat or in any of the viewer’s. A stream of one chat completes when the chat ends for the viewer. After a lost connection nothing is replayed: fetch again, or use `events`.',
    args: { chatId: t.arg.id({ description: 'The chat; without it all of the viewer’s.' }) },
    subscribe: (_, { chatId }, context) => open(context, chatId, subscriptions.messageCreated),
    resolve: messageOf,
  }),
  messageUpdated: t.field({
    type: Message,
    description:
      'A message was edited or deleted, or its reactions changed: the whole message as it now is. A stream of one chat completes when the chat ends for the viewer. After a lost connection nothing is replayed: fetch again, or use `events`.',
    args: { chatId: t.arg.id({ description: 'The chat; without it all of the viewer’s.' }) },
    subscribe: (_, { chatId }, context) => open(context, chatId, subscriptions.messageUpdated),
    resolve: messageOf,
  }),
}));
