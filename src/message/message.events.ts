import type { Context } from '../context.ts';
import { promised } from '../database/batch.ts';
import { subscriptions, type Carries, type StreamItem as StreamItemShape } from '../events/catalogue.ts';
import { builder } from '../graphql/builder.ts';
import { Event, eventRef, StreamItem } from '../graphql/event.ts';
import { rowId } from '../graphql/ids.ts';
import { User } from '../user/user.schema.ts';
import { Message } from './message.schema.ts';

export const interfaces = [Event, StreamItem];
export const messageOf = async ({ event }: StreamItemShape, _: unknown, { loaders }: Context) =>
  promised(await loaders.message.load(event!.messageId!));

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
    message: t.field({ type: Message, description: 'The message, without what it said.', resolve: messageOf }),
    deletedBy: t.field({
      type: User,
      description: 'Who deleted it.',
      resolve: async ({ event }, _, { loaders }) => promised(await loaders.user.load(event!.actorId)),
    }),
  }),
});

const open = ({ viewer, services }: Context, chatId: string | null | undefined, carries: Carries) =>
  chatId == null
    ? services.streams.overAll(viewer.id, carries)
    : services.streams.overChat(viewer.id, rowId('Chat', chatId), carries);

builder.subscriptionFields((t) => ({
  messageCreated: t.field({
    type: Message,
    description:
      'A message was sent, in one chat or in any of the viewer’s. A stream of one chat completes when the chat ends for the viewer.',
    args: { chatId: t.arg.id({ description: 'The chat; without it all of the viewer’s.' }) },
    subscribe: (_, { chatId }, context) => open(context, chatId, subscriptions.messageCreated),
    resolve: messageOf,
  }),
  messageUpdated: t.field({
    type: Message,
    description:
      'A message was edited or deleted, or its reactions changed: the whole message as it now is. A stream of one chat completes when the chat ends for the viewer.',
    args: { chatId: t.arg.id({ description: 'The chat; without it all of the viewer’s.' }) },
    subscribe: (_, { chatId }, context) => open(context, chatId, subscriptions.messageUpdated),
    resolve: messageOf,
  }),
}));
