import { builder } from '../graphql/builder.ts';
import { callerOf } from '../graphql/caller.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { Message, MessageType } from './message.schema.ts';

const { messageContent, messagePayload } = limits;
const content = `1–${messageContent.characters} characters, at most ${messageContent.bytes} bytes of UTF-8.`;
const payload = `At most ${messagePayload.bytes} bytes of JSON, at most ${messagePayload.depth} levels deep.`;

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'A new message.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    type: t.field({ type: MessageType, defaultValue: 'TEXT', description: 'What it holds.' }),
    content: t.string({ description: `${content} TEXT needs it.` }),
    payload: t.field({ type: 'JSON', description: `${payload} IMAGE and FILE need it.` }),
    replyToId: t.id({ description: 'A message of the same chat.' }),
  }),
});

const EditMessageInput = builder.inputType('EditMessageInput', {
  description: 'A change of a message. What is absent stays, null clears it; what remains must be a valid message.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    content: t.string({ description: content }),
    payload: t.field({ type: 'JSON', description: payload }),
  }),
});

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
      const message = await context.services.messages.send(callerOf(context, info, input), {
        ...input,
        type: input.type ?? 'TEXT',
        chatId: rowId('Chat', input.chatId),
        replyToId: input.replyToId == null ? null : rowId('Message', input.replyToId),
      });
      if (!context.idempotency.replayed) context.loaders.reactionsOf.prime(message.id, []);
      return message;
    },
  }),
  editMessage: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Changes a message; its reactions stay. For its author.',
    args: { input: t.arg({ type: EditMessageInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.messages.edit(callerOf(context, info, input), {
        ...input,
        messageId: rowId('Message', input.messageId),
      }),
  }),
  deleteMessage: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Deletes what a message says, and its reactions. For its author, the chat’s owner and admins.',
    args: { input: t.arg({ type: DeleteMessageInput, required: true, description: 'The message.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.messages.delete(callerOf(context, info, input), rowId('Message', input.messageId)),
  }),
}));
