import { z } from 'zod';
import { Chat } from '../chat/chat.schema.ts';
import { byKey } from '../database/batch.ts';
import { MessageType as messageTypes, type Message as MessageRow } from '../database/generated/client.ts';
import { BadRequestError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { decodeId, encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { User } from '../user/user.schema.ts';
import { required } from '../required.ts';
import type { Anchor } from './messages-around.loaders.ts';

export const MessageType = builder.enumType('MessageType', {
  description: 'What a message holds.',
  values: {
    [messageTypes.TEXT]: { description: 'Text, in `content`.' },
    [messageTypes.IMAGE]: { description: 'An image, described by `payload`; `content` may caption it.' },
    [messageTypes.FILE]: { description: 'A file, described by `payload`; `content` may caption it.' },
    [messageTypes.SYSTEM]: {
      description:
        'A line about a change of a GROUP, described by `payload`; its author made the change. The client writes its words. It does not count as unread and does not move the chat in the list. Users cannot send, edit or delete it, reply to it or react to it.',
    },
  },
});

/** Replaces the ids of users by global ids. */
function lineForClients(payload: MessageRow['payload']): unknown {
  const { userIds, ...line } = payload as { userIds: string[] };
  return { ...line, userIds: userIds.map((id) => encodeId('User', id)) };
}

/** The cost of a field with thousands of bytes. */
const longText = () => 10;

export const Message = builder.objectRef<MessageRow>('Message');

builder.node(Message, {
  description: 'A message of a chat. A deleted one stays, without its content.',
  id: { resolve: (message) => message.id },
  loadManyWithoutCache: async (ids, { viewer, services }) =>
    byKey(ids, await services.messages.visible(viewer.require(), ids), (message) => message.id),
  fields: (t) => ({
    chatId: t.id({ description: 'Its chat’s id.', resolve: (message) => encodeId('Chat', message.chatId) }),
    chat: t.field({
      type: Chat,
      description: 'Its chat.',
      resolve: async (message, _, { loaders }) => required(await loaders.chat.load(message.chatId)),
    }),
    authorId: t.id({ description: 'Its author’s id.', resolve: (message) => encodeId('User', message.authorId) }),
    author: t.field({
      type: User,
      description: 'Who sent it.',
      resolve: async (message, _, { loaders }) => required(await loaders.user.load(message.authorId)),
    }),
    type: t.expose('type', { type: MessageType, description: 'What it holds.' }),
    content: t.exposeString('content', {
      nullable: true,
      description: `Its text, of up to ${limits.messageContent.characters} characters; null once deleted.`,
      extensions: { cost: { self: longText } },
    }),
    payload: t.field({
      type: 'JSON',
      nullable: true,
      description: `The client’s own description of what it holds, up to ${limits.messagePayload.bytes} bytes of JSON; null once deleted. In a SYSTEM message it says what happened to the group: \`event\` is \`created\`, \`members_added\`, \`member_removed\`, \`member_left\`, \`renamed\`, \`role_changed\` or \`owner_changed\`, and may get further values; \`userIds\` are the first 20 users whom it concerns; \`userCount\` is their number; \`title\` or \`role\` is the new one, if there is one.`,
      extensions: { cost: { self: longText } },
      resolve: ({ type, payload }) => (type === 'SYSTEM' ? lineForClients(payload) : payload),
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
        'The position of the newest event that changed it or its reactions. Of two copies of a message, the one with the higher revision is newer.',
    }),
    isDeleted: t.boolean({ description: 'Whether it is deleted.', resolve: (message) => message.deletedAt !== null }),
    deletedAt: t.expose('deletedAt', { type: 'DateTime', nullable: true, description: 'When it was deleted.' }),
  }),
});

const MessageAnchor = builder.inputType('MessageAnchor', {
  isOneOf: true,
  description: 'The place in a chat around which a page of messages is read. Give exactly one field.',
  fields: (t) => ({
    messageId: t.id({ description: 'At this message of the chat.' }),
    position: t.int({ description: 'At this position: the first message from it on, such as the first unread one.' }),
    date: t.field({ type: 'DateTime', description: 'At the first message sent at this time or after it.' }),
  }),
});

function toAnchor({ messageId, position, date }: typeof MessageAnchor.$inferInput): Anchor {
  if (date != null) return { date };
  if (position != null) return { position };
  const decoded = decodeId(messageId ?? '');
  if (decoded?.type !== 'Message') throw notOfChat();
  return { messageId: decoded.id };
}

const notOfChat = () => new BadRequestError('around.messageId: no message of this chat has this id.');

export const MessageConnection = builder.connectionObject(
  { type: Message, name: 'MessageConnection', description: 'A page of messages.' },
  { name: 'MessageEdge', description: 'A message in a page.' },
);

const messagesByPosition = keyset('messages', z.int32(), { newestLast: true });

builder.objectFields(Chat, (t) => ({
  messages: t.connection(
    {
      extensions: { cost: pageCost },
      type: Message,
      description: `Its messages, oldest first. With neither \`first\` nor \`last\`: the newest ${limits.page.default}.`,
      args: {
        around: t.arg({
          type: MessageAnchor,
          description: `A page of \`first\` messages, by default ${limits.page.default}: half of them before the anchor, half from it on. If the anchor is after the newest message, it is the newest page. Not with \`last\`, \`after\` or \`before\`.`,
        }),
      },
      resolve: async (chat, { around, ...args }, { loaders }) => {
        if (around) {
          const size = messagesByPosition.sizeAround(args);
          const anchor = toAnchor(around);
          const rows = await loaders.messagesAround.load({ chatId: chat.id, anchor, size });
          if ('messageId' in anchor && rows.length === 0) throw notOfChat();
          return messagesByPosition.connectionAround(rows, size, (message) => message.position);
        }
        const page = messagesByPosition.page(args);
        const rows = await loaders.messages.load({ of: chat.id, page });
        return messagesByPosition.connection(rows, page, (message) => message.position);
      },
    },
    MessageConnection,
  ),
  lastMessage: t.field({
    type: Message,
    nullable: true,
    description:
      'The newest message that a user has sent, even if it is deleted; null in a chat without one. SYSTEM messages are skipped.',
    resolve: (chat, _, { loaders }) => loaders.lastMessage.load(chat.id),
  }),
}));
