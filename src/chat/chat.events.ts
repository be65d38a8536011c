import { promised } from '../database/batch.ts';
import type { StreamItem } from '../events/catalogue.ts';
import { subscriptions } from '../events/catalogue.ts';
import { builder } from '../graphql/builder.ts';
import { Event, eventRef, StreamItem as StreamItemInterface } from '../graphql/event.ts';
import { encodeId } from '../graphql/ids.ts';
import type { Context } from '../context.ts';
import { User } from '../user/user.schema.ts';
import { Chat, ChatRole } from './chat.schema.ts';

const interfaces = [Event, StreamItemInterface];
const chatOf = async ({ chatId }: StreamItem, _: unknown, { loaders }: Context) =>
  promised(await loaders.chat.load(chatId));
const actorOf = async ({ event }: StreamItem, _: unknown, { loaders }: Context) =>
  promised(await loaders.user.load(event!.actorId));
const subjectOf = async ({ event }: StreamItem, _: unknown, { loaders }: Context) =>
  promised(await loaders.user.load(event!.userId!));

export const MemberAdded = eventRef('MemberAdded').implement({
  description: 'Someone became a member. To themselves it is a ChatAdded.',
  interfaces,
  fields: (t) => ({
    chat: t.field({ type: Chat, description: 'The chat.', resolve: chatOf }),
    user: t.field({ type: User, description: 'Who was added.', resolve: subjectOf }),
    role: t.field({ type: ChatRole, description: 'Their role, as added.', resolve: ({ event }) => event!.role! }),
  }),
});

export const MemberRemoved = eventRef('MemberRemoved').implement({
  description: 'Someone was removed from a chat, or left it. To themselves it is the last event of the chat.',
  interfaces,
  fields: (t) => ({
    user: t.field({ type: User, description: 'Whose membership ended.', resolve: subjectOf }),
    removedBy: t.field({ type: User, description: 'Who removed them; themselves if they left.', resolve: actorOf }),
  }),
});

export const ChatAdded = eventRef('ChatAdded').implement({
  description:
    'The viewer became a member of the chat. In a replay: a chat that `since` did not name, as of its newest position.',
  interfaces,
  fields: (t) => ({ chat: t.field({ type: Chat, description: 'The chat.', resolve: chatOf }) }),
});

export const ChatUpdated = eventRef('ChatUpdated').implement({
  description: 'The chat’s title, or a member’s role, changed.',
  interfaces,
  fields: (t) => ({ chat: t.field({ type: Chat, description: 'The chat as it now is.', resolve: chatOf }) }),
});

export const ChatDeleted = eventRef('ChatDeleted').implement({
  description: 'The chat is gone, for everyone. It is the last event of the chat.',
  interfaces,
  fields: (t) => ({
    id: t.id({ description: 'The deleted chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    deletedBy: t.field({ type: User, description: 'Who deleted it.', resolve: actorOf }),
  }),
});

builder.subscriptionFields((t) => ({
  chatAdded: t.field({
    type: Chat,
    description: 'The viewer became a member of a chat: it was made with them, or they were added.',
    subscribe: (_, __, { viewer, services }) => services.streams.overAll(viewer.id, subscriptions.chatAdded),
    resolve: chatOf,
  }),
  chatUpdated: t.field({
    type: Chat,
    description: 'The title, the members or a role of one of the viewer’s chats changed. Not to the one removed.',
    subscribe: (_, __, { viewer, services }) => services.streams.overAll(viewer.id, subscriptions.chatUpdated),
    resolve: chatOf,
  }),
  membershipEnded: t.field({
    type: MemberRemoved,
    description: 'The viewer was removed from a chat, or left it on some device.',
    subscribe: (_, __, { viewer, services }) => services.streams.overAll(viewer.id, subscriptions.membershipEnded),
    resolve: (item) => item,
  }),
  chatDeleted: t.field({
    type: ChatDeleted,
    description: 'A chat of the viewer’s was deleted, by anyone, on any device.',
    subscribe: (_, __, { viewer, services }) => services.streams.overAll(viewer.id, subscriptions.chatDeleted),
    resolve: (item) => item,
  }),
}));
