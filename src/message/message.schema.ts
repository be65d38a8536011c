import { z } from 'zod';
import { Chat } from '../chat/chat.schema.ts';
import { byKey, promised } from '../database/batch.ts';
import { MessageType as messageTypes, type Message as MessageRow } from '../database/generated/client.ts';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { User } from '../user/user.schema.ts';

export const MessageType = builder.enumType('MessageType', {
  description: 'What a message holds.',
  values: {
    [messageTypes.TEXT]: { description: 'Text, in `content`.' },
    [messageTypes.IMAGE]: { description: 'An image, described by `payload`; `content` may caption it.' },
    [messageTypes.FILE]: { description: 'A file, described by `payload`; `content` may caption it.' },
    [messageTypes.SYSTEM]: { description: 'The server’s own. Clients cannot send it.' },
  },
});

const MessageStatus = builder.enumType('MessageStatus', {
  description: 'How far a message has come.',
  values: {
    SENT: { description: 'It is stored, and under way to every member.' },
    DELIVERED: { description: 'Reserved: it reached the other members.' },
    READ: { description: 'Reserved: the other members read it.' },
  } as const,
});

export const Message = builder.objectRef<MessageRow>('Message');

builder.node(Message, {
  description: 'A message of a chat. A deleted one stays, without what it said.',
  id: { resolve: (message) => message.id },
  loadManyWithoutCache: async (ids, { viewer, services }) =>
    byKey(ids, await services.messages.visible(viewer.id, ids), (message) => message.id),
  fields: (t) => ({
    chatId: t.id({ description: 'Its chat’s id.', resolve: (message) => encodeId('Chat', message.chatId) }),
    chat: t.field({
      type: Chat,
      description: 'Its chat.',
      resolve: async (message, _, { loaders }) => promised(await loaders.chat.load(message.chatId)),
    }),
    authorId: t.id({ description: 'Its author’s id.', resolve: (message) => encodeId('User', message.authorId) }),
    author: t.field({
      type: User,
      description: 'Who sent it.',
      resolve: async (message, _, { loaders }) => promised(await loaders.user.load(message.authorId)),
    }),
    type: t.expose('type', { type: MessageType, description: 'What it holds.' }),
    content: t.exposeString('content', {
      nullable: true,
      description: `Its text, of up to ${limits.messageContent.characters} characters; null once deleted.`,
    }),
    payload: t.expose('payload', {
      type: 'JSON',
      nullable: true,
      description: `The client’s own description of what it holds, up to ${limits.messagePayload.bytes} bytes of JSON; null once deleted.`,
    }),
    status: t.field({
      type: MessageStatus,
      description: 'How far it has come: SENT, until there are read markers.',
      resolve: () => 'SENT' as const,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was sent.' }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last edited; null until then.',
    }),
    replyToId: t.id({
      nullable: true,
      description: 'The id of the message that it replies to.',
      resolve: ({ replyToId }) => replyToId && encodeId('Message', replyToId),
    }),
    replyTo: t.field({
      type: Message,
      nullable: true,
      description: 'The message of the same chat that it replies to.',
      resolve: ({ replyToId }, _, { loaders }) => (replyToId === null ? null : loaders.message.load(replyToId)),
    }),
    position: t.exposeInt('position', {
      description: 'The position of the event that created it: orders the messages of a chat.',
    }),
    revision: t.exposeInt('revision', {
      description:
        'The position of the newest event that changed it or its reactions: the higher one is the newer state.',
    }),
    isDeleted: t.boolean({ description: 'Whether it is deleted.', resolve: (message) => message.deletedAt !== null }),
    deletedAt: t.expose('deletedAt', { type: 'DateTime', nullable: true, description: 'When it was deleted.' }),
  }),
});

const messagesByPosition = keyset('messages', z.int32(), { newestLast: true });

builder.objectFields(Chat, (t) => ({
  messages: t.connection(
    {
      complexity: pageCost,
      type: Message,
      description: `Its messages, oldest first. With neither \`first\` nor \`last\`: the newest ${limits.page.default}.`,
      resolve: async (chat, args, { loaders }) => {
        const page = messagesByPosition.page(args);
        const rows = await loaders.messages.load({ chatId: chat.id, page });
        return messagesByPosition.connection(rows, page, (message) => message.position);
      },
    },
    { name: 'MessageConnection', description: 'A page of messages.' },
    { name: 'MessageEdge', description: 'A message in a page.' },
  ),
  lastMessage: t.field({
    type: Message,
    nullable: true,
    description: 'The newest message, also when deleted; null in a chat without messages.',
    resolve: async (chat, _, { loaders }) => {
      const page = { limit: 1, backward: true, after: null, before: null };
      return (await loaders.messages.load({ chatId: chat.id, page }))[0] ?? null;
    },
  }),
}));
