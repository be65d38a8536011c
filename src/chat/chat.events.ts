import { eventOf, type StreamItem } from '../log/event-types.ts';
import { subscriptions } from '../log/subscriptions.ts';
import { builder } from '../graphql/builder.ts';
import { Event, eventRef, StreamItem as StreamItemInterface } from '../graphql/event.ts';
import { encodeId } from '../graphql/ids.ts';
import type { Context } from '../context.ts';
import { User } from '../user/user.schema.ts';
import { required } from '../required.ts';
import { Chat, ChatRole } from './chat.schema.ts';

const interfaces = [Event, StreamItemInterface];
export const chatOf = async ({ chatId }: StreamItem, _: unknown, { loaders }: Context) =>
  required(await loaders.chat.load(chatId));
const actorOf = async (item: StreamItem, _: unknown, { loaders }: Context) =>
  required(await loaders.user.load(eventOf(item, 'MEMBER_REMOVED', 'CHAT_DELETED').actorId));
const subjectOf = async (item: StreamItem, _: unknown, { loaders }: Context) =>
  required(await loaders.user.load(eventOf(item, 'MEMBER_ADDED', 'MEMBER_REMOVED').userId));

eventRef('MemberAdded').implement({
  description: 'Someone became a member. The user who was added receives ChatAdded instead.',
  interfaces,
  fields: (t) => ({
    chat: t.field({ type: Chat, description: 'The chat.', resolve: chatOf }),
    user: t.field({ type: User, description: 'Who was added.', resolve: subjectOf }),
    role: t.field({
      type: ChatRole,
      description: 'The role with which they were added.',
      resolve: (item) => eventOf(item, 'MEMBER_ADDED').role,
    }),
  }),
});

export const MemberRemoved = eventRef('MemberRemoved').implement({
  description: 'Someone was removed from a chat, or left it. For that user it is the last event of the chat.',
  interfaces,
  fields: (t) => ({
    user: t.field({ type: User, description: 'The user whose membership ended.', resolve: subjectOf }),
    removedBy: t.field({ type: User, description: 'Who removed them; themselves if they left.', resolve: actorOf }),
  }),
});

eventRef('ChatAdded').implement({
  description:
    'The viewer became a member of the chat. In a replay it stands for a chat that `since` did not name; `position` is then the chat’s newest one.',
  interfaces,
  fields: (t) => ({ chat: t.field({ type: Chat, description: 'The chat.', resolve: chatOf }) }),
});

eventRef('ChatUpdated').implement({
  description: 'The chat’s title, or a member’s role, changed.',
  interfaces,
  fields: (t) => ({ chat: t.field({ type: Chat, description: 'The chat as it now is.', resolve: chatOf }) }),
});

export const ChatDeleted = eventRef('ChatDeleted').implement({
  description: 'The chat is gone, for everyone. It is the last event of the chat.',
  interfaces,
  fields: (t) => ({
    id: t.id({
      description:
        'The deleted chat’s id, which is that of a Chat: a cache that knows objects by `id` alone takes this for the Chat itself. Select `chatId` instead.',
      resolve: ({ chatId }) => encodeId('Chat', chatId),
    }),
    deletedBy: t.field({ type: User, description: 'Who deleted it.', resolve: actorOf }),
  }),
});

builder.subscriptionFields((t) => ({
  chatAdded: t.field({
    type: Chat,
    description:
      'The viewer became a member of a chat: it was created with them, or they were added. After a lost connection nothing is replayed: fetch again, or use `events`.',
    subscribe: (_, __, { viewer, services }) => services.streams.ofAllChats(viewer.require(), subscriptions.chatAdded),
    resolve: chatOf,
  }),
  chatUpdated: t.field({
    type: Chat,
    description:
      'The title, the members or a role of one of the viewer’s chats changed. The user who was removed does not receive it. After a lost connection nothing is replayed: fetch again, or use `events`.',
    subscribe: (_, __, { viewer, services }) =>
      services.streams.ofAllChats(viewer.require(), subscriptions.chatUpdated),
    resolve: chatOf,
  }),
  membershipEnded: t.field({
    type: MemberRemoved,
    description:
      'The viewer was removed from a chat, or left it on some device. After a lost connection nothing is replayed: fetch again, or use `events`.',
    subscribe: (_, __, { viewer, services }) =>
      services.streams.ofAllChats(viewer.require(), subscriptions.membershipEnded),
    resolve: (item) => item,
  }),
  chatDeleted: t.field({
    type: ChatDeleted,
    description:
      'A chat of the viewer’s was deleted, by anyone, on any device. After a lost connection nothing is replayed: fetch again, or use `events`.',
    subscribe: (_, __, { viewer, services }) =>
      services.streams.ofAllChats(viewer.require(), subscriptions.chatDeleted),
    resolve: (item) => item,
  }),
}));
