import { byKey, promised } from '../database/batch.ts';
import type { Reaction as ReactionRow } from '../database/generated/client.ts';
import { builder } from '../graphql/builder.ts';
import { callerOf } from '../graphql/caller.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { eventRef } from '../graphql/event.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { interfaces, messageOf } from '../message/message.events.ts';
import { Message } from '../message/message.schema.ts';
import { User } from '../user/user.schema.ts';

const Reaction = builder.objectRef<Omit<ReactionRow, 'position'>>('Reaction');

builder.node(Reaction, {
  description: 'One user’s emoji on a message.',
  id: { resolve: (reaction) => reaction.id },
  loadManyWithoutCache: async (ids, { viewer, services }) =>
    byKey(ids, await services.reactions.visible(viewer.id, ids), (reaction) => reaction.id),
  fields: (t) => ({
    emoji: t.exposeString('emoji', { description: 'One emoji, fully qualified, or a `:shortcode:`.' }),
    user: t.field({
      type: User,
      description: 'Whose it is.',
      resolve: async (reaction, _, { loaders }) => promised(await loaders.user.load(reaction.userId)),
    }),
    messageId: t.id({
      description: 'The message’s id.',
      resolve: (reaction) => encodeId('Message', reaction.messageId),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

builder.objectFields(Message, (t) => ({
  reactions: t.field({
    type: [Reaction],
    description: 'Its reactions, in the order of their adding: empty on a new message, unchanged by an edit.',
    resolve: (message, _, { loaders }) => loaders.reactionsOf.load(message.id),
  }),
}));

const ReactionInput = builder.inputType('ReactionInput', {
  description: 'The viewer’s reaction to a message.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    emoji: t.string({
      required: true,
      description: `One emoji, or a \`:shortcode:\` of at most ${limits.shortcode.max} of \`a–z 0–9 _ + -\`; at most ${limits.reactionsPerMessage} different ones a message.`,
    }),
  }),
});

builder.mutationFields((t) => ({
  addReaction: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Adds a reaction. Adding it twice is no error.',
    args: { input: t.arg({ type: ReactionInput, required: true, description: 'The reaction.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.reactions.add(callerOf(context, info, input), {
        ...input,
        messageId: rowId('Message', input.messageId),
      }),
  }),
  removeReaction: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Removes the viewer’s reaction. Removing it twice is no error.',
    args: { input: t.arg({ type: ReactionInput, required: true, description: 'The reaction.' }) },
    resolve: (_, { input }, context, info) =>
      context.services.reactions.remove(callerOf(context, info, input), {
        ...input,
        messageId: rowId('Message', input.messageId),
      }),
  }),
}));

eventRef('ReactionAdded').implement({
  description: 'A reaction was added.',
  interfaces,
  fields: (t) => ({
    message: t.field({ type: Message, description: 'The message as it now is.', resolve: messageOf }),
    reaction: t.field({
      type: Reaction,
      description: 'The reaction as it was added; it may be gone again.',
      // From the log alone: the row may be gone by the time the event is shown.
      resolve: ({ event, occurredAt }) => ({
        id: event!.reactionId!,
        messageId: event!.messageId!,
        userId: event!.actorId,
        emoji: event!.emoji!,
        createdAt: occurredAt,
      }),
    }),
  }),
});

eventRef('ReactionRemoved').implement({
  description: 'A reaction was removed.',
  interfaces,
  fields: (t) => ({
    message: t.field({ type: Message, description: 'The message as it now is.', resolve: messageOf }),
    emoji: t.string({ description: 'Which emoji.', resolve: ({ event }) => event!.emoji! }),
    user: t.field({
      type: User,
      description: 'Whose it was.',
      resolve: async ({ event }, _, { loaders }) => promised(await loaders.user.load(event!.actorId)),
    }),
  }),
});
