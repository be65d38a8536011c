import { builder } from '../graphql/builder.ts';
import { mutate } from '../graphql/caller.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { primeSent, primeUnreacted } from '../loaders.ts';
import { requireFewMentions } from './message.rules.ts';
import { Message, MessageType } from './message.schema.ts';

const { messageContent, messagePayload } = limits;
const content = `1–${messageContent.characters} characters, at most ${messageContent.bytes} bytes of UTF-8.`;
const payload = `At most ${messagePayload.bytes} bytes of JSON, at most ${messagePayload.depth} levels deep.`;

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'A new message.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    type: t.field({ type: MessageType, defaultValue: 'TEXT', description: 'What it holds.' }),
    content: t.string({ description: `${content} TEXT needs it.`, extensions: byRule(messageContent) }),
    payload: t.field({
      type: 'JSON',
      description: `${payload} IMAGE and FILE need it.`,
      extensions: byRule(messagePayload),
    }),
    replyToId: t.id({ description: 'A message of the same chat.' }),
    mentionedUserIds: t.idList({
      description: `The users whom it mentions, at most ${limits.mentions}. Users who are not members are ignored, and so is its author. Mentions are not read from the text.`,
      extensions: { size: { items: limits.mentions, byRule: true } },
    }),
    mentionsEveryone: t.boolean({
      defaultValue: false,
      description: `Whether it mentions every member. In chats of more than ${limits.mentionEveryoneMembers} members only the owner and admins may do that.`,
    }),
  }),
});

const EditMessageInput = builder.inputType('EditMessageInput', {
  description:
    'A change of a message. Absent fields keep their value, and null clears them. The result must be a valid message.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    content: t.string({ description: content, extensions: byRule(messageContent) }),
    payload: t.field({ type: 'JSON', description: payload, extensions: byRule(messagePayload) }),
    mentionedUserIds: t.idList({
      description: `The users whom it mentions from now on, at most ${limits.mentions}, with the rules of \`SendMessageInput\`. Nobody is notified again.`,
      extensions: { size: { items: limits.mentions, byRule: true } },
    }),
    mentionsEveryone: t.boolean({ description: 'Whether it mentions every member from now on.' }),
  }),
});

/** Absent and null are kept. */
function mentionedRows<Absent extends null | undefined>(ids: readonly string[] | Absent): string[] | Absent {
  if (ids == null) return ids;
  requireFewMentions(ids);
  return [...new Set(ids.map((id) => rowId('User', id)))];
}

const DeleteMessageInput = builder.inputType('DeleteMessageInput', {
  description: 'The message to delete.',
  fields: (t) => ({ messageId: t.id({ required: true, description: 'The message.' }) }),
});

builder.mutationFields((t) => ({
  sendMessage: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Sends a message to a chat. Every member may.',
    args: { input: t.arg({ type: SendMessageInput, required: true, description: 'The message.' }) },
    resolve: async (_, { input }, context, info) => {
      const message = await mutate(context, info, input, (caller) =>
        context.services.messages.send(caller, {
          ...input,
          type: input.type ?? 'TEXT',
          chatId: rowId('Chat', input.chatId),
          replyToId: input.replyToId == null ? null : rowId('Message', input.replyToId),
          mentionedUserIds: mentionedRows(input.mentionedUserIds),
        }),
      );
      if (!context.idempotency.replayed) {
        primeUnreacted(context.loaders, message.id);
        primeSent(context.loaders, message);
        if (!input.mentionedUserIds?.length) context.loaders.mentionedUsers.prime(message.id, []);
      }
      return message;
    },
  }),
  editMessage: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Changes a message; its reactions stay. For its author.',
    args: { input: t.arg({ type: EditMessageInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.messages.edit(caller, {
          ...input,
          messageId: rowId('Message', input.messageId),
          mentionedUserIds: mentionedRows(input.mentionedUserIds),
        }),
      ),
  }),
  deleteMessage: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Deletes the content of a message and its reactions. For its author, the chat’s owner and admins.',
    args: { input: t.arg({ type: DeleteMessageInput, required: true, description: 'The message.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.messages.delete(caller, rowId('Message', input.messageId)),
      ),
  }),
}));
