import { z } from 'zod';
import { byKey } from '../database/batch.ts';
import {
  ChatKind as chatKinds,
  ChatRole as chatRoles,
  type Chat as ChatRow,
  type ChatMember as ChatMemberRow,
} from '../database/generated/client.ts';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { decodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { User } from '../user/user.schema.ts';
import { required } from '../required.ts';
import { isByPin, type ListedChat } from './chat.list.ts';

export const ChatKind = builder.enumType('ChatKind', {
  description: 'What kind of chat it is.',
  values: {
    [chatKinds.DIRECT]: {
      description:
        'A chat of two users, which exists once: creating it again returns the same chat. It has no title and no roles.',
    },
    [chatKinds.GROUP]: { description: `1–${limits.chatMembers} users, with a title and roles.` },
  },
});

export const ChatRole = builder.enumType('ChatRole', {
  description: 'What a member may do beside reading and sending, which every member may.',
  values: {
    [chatRoles.OWNER]: { description: 'May do everything. Each GROUP has exactly one.' },
    [chatRoles.ADMIN]: {
      description:
        'May rename the chat, add members, remove members who are not admins, and delete messages of others.',
    },
    [chatRoles.MEMBER]: { description: 'Has no additional rights. Both members of a DIRECT chat have this role.' },
  },
});

export const Chat = builder.objectRef<ChatRow>('Chat');

const ChatMember = builder.objectRef<ChatMemberRow>('ChatMember').implement({
  description: 'A user in a chat.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'Who it is.',
      resolve: async (member, _, { loaders }) => required(await loaders.user.load(member.userId)),
    }),
    role: t.expose('role', { type: ChatRole, description: 'What they may do.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'When the present membership began.' }),
  }),
});

const membersByJoining = keyset('members', z.tuple([z.int32(), z.uuid()]));

builder.node(Chat, {
  description: 'A conversation with a log: every change of it is an event with a position. Only its members see it.',
  id: { resolve: (chat) => chat.id },
  loadManyWithoutCache: async (ids, { viewer, services }) =>
    byKey(ids, await services.access.filterVisible(viewer.require(), ids), (chat) => chat.id),
  fields: (t) => ({
    kind: t.expose('kind', { type: ChatKind, description: 'DIRECT or GROUP.' }),
    title: t.exposeString('title', {
      nullable: true,
      description: `Of up to ${limits.chatTitle.characters} characters; null for DIRECT, and for a GROUP without one.`,
    }),
    createdBy: t.field({
      type: User,
      description: 'Who created it.',
      resolve: async (chat, _, { loaders }) => required(await loaders.user.load(required(chat.createdById))),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its title last changed; null if it never did.',
    }),
    position: t.exposeInt('position', {
      description: 'The position of the newest event in its log. Name it in `since` to receive the events after it.',
    }),
    lastActivityAt: t.expose('lastActivityAt', {
      type: 'DateTime',
      description:
        'When its newest message was sent, SYSTEM ones aside, else when it was made. Lists of chats are sorted by it.',
    }),
    memberCount: t.exposeInt('memberCount', { description: 'How many members it has.' }),
    viewerRole: t.field({
      type: ChatRole,
      nullable: true,
      description: 'The viewer’s role. Selecting it makes a subscription run for each viewer on its own.',
      extensions: { viewerDependent: true, cost: { reads: true } },
      resolve: async (chat, _, { viewer, loaders }) => {
        const userId = viewer.optional();
        if (userId === null) return null;
        return (await loaders.chatMember.load({ chatId: chat.id, userId }))?.role ?? null;
      },
    }),
    members: t.connection(
      {
        extensions: { cost: pageCost },
        type: ChatMember,
        description: 'Its members, in the order of their joining.',
        resolve: async (chat, args, { loaders }) => {
          const page = membersByJoining.page(args);
          const rows = await loaders.members.load({ of: chat.id, page });
          return membersByJoining.connection(rows, page, (row) => [row.joinedPosition, row.userId]);
        },
      },
      { name: 'ChatMemberConnection', description: 'A page of members.' },
      { name: 'ChatMemberEdge', description: 'A member in a page.' },
    ),
  }),
});

builder.queryField('chat', (t) =>
  t.field({
    type: Chat,
    nullable: true,
    description: 'A chat of the viewer’s; null for any other id.',
    args: { id: t.arg.id({ required: true, description: 'The chat’s id.' }) },
    resolve: async (_, { id }, { viewer, services }) => {
      const userId = viewer.require();
      const decoded = decodeId(id);
      if (decoded?.type !== 'Chat') return null;
      return (await services.access.filterVisible(userId, [decoded.id]))[0] ?? null;
    },
  }),
);

const ChatFilter = builder.inputType('ChatFilter', {
  description: 'Which of the viewer’s chats to list. What is absent does not matter; hidden ones are left out.',
  fields: (t) => ({
    isArchived: t.boolean({ description: 'Whether the viewer has put it aside.' }),
    isPinned: t.boolean({ description: 'Whether the viewer keeps it on top: true lists those, newest pin first.' }),
    isUnread: t.boolean({ description: 'Whether it has something unread, or is marked as unread.' }),
    includeHidden: t.boolean({
      defaultValue: false,
      description: 'Whether chats are listed too that the viewer has put out of sight until their next message.',
    }),
  }),
});

const shape = z.tuple([z.iso.datetime(), z.uuid()]);
const chatsByActivity = keyset('chats', shape);
const chatsByPin = keyset('pinnedChats', shape);

/** The statement looks for unread messages in each chat of the viewer. */
const UNREAD_COST = 100;

builder.queryField('chats', (t) =>
  t.connection(
    {
      extensions: {
        cost: {
          ...pageCost,
          self: ({ filter }) =>
            (filter as { isUnread?: unknown } | null | undefined)?.isUnread == null ? 1 : UNREAD_COST,
        },
      },
      type: Chat,
      description:
        'The viewer’s chats, latest activity first; without a filter all of them. Those that are kept on top are in the order of their pins, newest first, where the filter asks for them.',
      args: { filter: t.arg({ type: ChatFilter, description: 'Which of them.' }) },
      resolve: async (_, { filter = null, ...args }, { viewer, services }) => {
        const userId = viewer.require();
        const [order, timeOf] = isByPin(filter)
          ? [chatsByPin, ({ pinnedAt }: ListedChat) => required(pinnedAt)]
          : [chatsByActivity, ({ lastActivityAt }: ListedChat) => lastActivityAt];
        const page = order.page(args);
        const rows = await services.chats.list(userId, page, filter);
        return order.connection(rows, page, (row) => [timeOf(row).toISOString(), row.id]);
      },
    },
    { name: 'ChatConnection', description: 'A page of chats.' },
    { name: 'ChatEdge', description: 'A chat in a page.' },
  ),
);
