import { z } from 'zod';
import { byKey, promised } from '../database/batch.ts';
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

export const ChatKind = builder.enumType('ChatKind', {
  description: 'What kind of chat it is.',
  values: {
    [chatKinds.DIRECT]: {
      description: 'Two users, once: asking for it again gives the same chat. No title, no roles.',
    },
    [chatKinds.GROUP]: { description: `1–${limits.chatMembers} users, with a title and roles.` },
  },
});

export const ChatRole = builder.enumType('ChatRole', {
  description: 'What a member may do beside reading and sending, which every member may.',
  values: {
    [chatRoles.OWNER]: { description: 'Everything: one in each GROUP.' },
    [chatRoles.ADMIN]: { description: 'Rename, add members, remove members who are no admins, delete messages.' },
    [chatRoles.MEMBER]: { description: 'Nothing beside. Both members of a DIRECT chat are this.' },
  },
});

export const Chat = builder.objectRef<ChatRow>('Chat');

export const ChatMember = builder.objectRef<ChatMemberRow>('ChatMember').implement({
  description: 'A user in a chat.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'Who it is.',
      resolve: async (member, _, { loaders }) => promised(await loaders.user.load(member.userId)),
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
    byKey(ids, await services.gate.visible(viewer.id, ids), (chat) => chat.id),
  fields: (t) => ({
    kind: t.expose('kind', { type: ChatKind, description: 'DIRECT or GROUP.' }),
    title: t.exposeString('title', {
      nullable: true,
      description: `Of up to ${limits.chatTitle.characters} characters; null for DIRECT, and for a GROUP without one.`,
    }),
    createdBy: t.field({
      type: User,
      description: 'Who made it.',
      resolve: async (chat, _, { loaders }) => promised(await loaders.user.load(chat.createdById)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its title last changed; null if it never did.',
    }),
    position: t.exposeInt('position', {
      description: 'The number of the newest event in its log: where `since` begins.',
    }),
    lastActivityAt: t.expose('lastActivityAt', {
      type: 'DateTime',
      description: 'When its newest message was sent, else when it was made. Lists of chats are sorted by it.',
    }),
    memberCount: t.int({
      description: 'How many members it has.',
      resolve: (chat, _, { loaders }) => loaders.memberCount.load(chat.id),
    }),
    viewerRole: t.field({
      type: ChatRole,
      nullable: true,
      description: 'The viewer’s role. Selecting it makes a subscription run for each viewer on its own.',
      extensions: { viewerDependent: true },
      resolve: async (chat, _, { viewer, loaders }) => {
        const userId = viewer.idOrNull;
        if (userId === null) return null;
        return (await loaders.chatMember.load({ chatId: chat.id, userId }))?.role ?? null;
      },
    }),
    members: t.connection(
      {
        complexity: pageCost,
        type: ChatMember,
        description: 'Its members, in the order of their joining.',
        resolve: async (chat, args, { loaders }) => {
          const page = membersByJoining.page(args);
          const rows = await loaders.members.load({ chatId: chat.id, page });
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
      const userId = viewer.id;
      const decoded = decodeId(id);
      if (decoded?.type !== 'Chat') return null;
      return (await services.gate.visible(userId, [decoded.id]))[0] ?? null;
    },
  }),
);

const chatsByActivity = keyset('chats', z.tuple([z.iso.datetime(), z.uuid()]));

builder.queryField('chats', (t) =>
  t.connection(
    {
      complexity: pageCost,
      type: Chat,
      description: 'The viewer’s chats, latest activity first.',
      resolve: async (_, args, { viewer, services }) => {
        const page = chatsByActivity.page(args);
        const rows = await services.chats.list(viewer.id, page);
        return chatsByActivity.connection(rows, page, (row) => [row.lastActivityAt.toISOString(), row.id]);
      },
    },
    { name: 'ChatConnection', description: 'A page of chats.' },
    { name: 'ChatEdge', description: 'A chat in a page.' },
  ),
);
