import { z } from 'zod';
import { byKey } from '../database/batch.ts';
import type { Reaction as ReactionRow, ReactionCount } from '../database/generated/client.ts';
import { builder } from '../graphql/builder.ts';
import { mutate } from '../graphql/caller.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { eventRef } from '../graphql/event.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { eventOf } from '../log/event-types.ts';
import { interfaces, messageOf } from '../message/message.events.ts';
import { Message } from '../message/message.schema.ts';
import { User, UserConnection } from '../user/user.schema.ts';
import { required } from '../required.ts';

const Reaction = builder.objectRef<Omit<ReactionRow, 'position'>>('Reaction');

builder.node(Reaction, {
  description: 'One user’s emoji on a message.',
  id: { resolve: (reaction) => reaction.id },
  loadManyWithoutCache: async (ids, { viewer, services }) =>
    byKey(ids, await services.reactions.visible(viewer.require(), ids), (reaction) => reaction.id),
  fields: (t) => ({
    emoji: t.exposeString('emoji', { description: 'One emoji, fully qualified, or a `:shortcode:`.' }),
    user: t.field({
      type: User,
      description: 'The user who reacted.',
      resolve: async (reaction, _, { loaders }) => required(await loaders.user.load(reaction.userId)),
    }),
    messageId: t.id({
      description: 'The message’s id.',
      resolve: (reaction) => encodeId('Message', reaction.messageId),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
  }),
});

const usersByReaction = keyset('reactionUsers', z.int32());

const ReactionGroup = builder.objectRef<ReactionCount>('ReactionGroup').implement({
  description: 'The reactions of a message with one emoji.',
  fields: (t) => ({
    emoji: t.exposeString('emoji', { description: 'One emoji, fully qualified, or a `:shortcode:`.' }),
    count: t.exposeInt('count', { description: 'How many users reacted with it.' }),
    viewerHasReacted: t.boolean({
      description:
        'Whether the viewer is one of them. Selecting it makes a subscription run for each viewer on its own.',
      extensions: { viewerDependent: true, cost: { reads: true } },
      resolve: async ({ messageId, emoji }, _, { viewer, loaders }) => {
        const userId = viewer.optional();
        return userId !== null && (await loaders.reactionsOfUser.load({ messageId, userId })).has(emoji);
      },
    }),
    users: t.connection(
      {
        extensions: { cost: pageCost },
        type: User,
        description: 'The users who reacted with it, in the order of their reactions.',
        resolve: async (group, args, { loaders }) => {
          const page = usersByReaction.page(args);
          const reactions = await loaders.reactionsWith.load({ of: group, page });
          const { edges, pageInfo } = usersByReaction.connection(reactions, page, ({ position }) => position);
          const users = edges.map(async ({ cursor, node: { userId } }) => ({
            cursor,
            node: required(await loaders.user.load(userId)),
          }));
          return { edges: await Promise.all(users), pageInfo };
        },
      },
      UserConnection,
    ),
  }),
});

builder.objectFields(Message, (t) => ({
  reactionGroups: t.field({
    type: [ReactionGroup],
    description:
      'Its reactions by emoji, in the order in which each was first added: empty on a new message, unchanged by an edit.',
    extensions: { cost: { rows: limits.reactionsPerMessage } },
    resolve: (message, _, { loaders }) => loaders.reactionGroupsOf.load(message.id),
  }),
  reactions: t.field({
    type: [Reaction],
    description: `Its first ${limits.listedReactions} reactions, in the order of their adding: empty on a new message, unchanged by an edit. All of them are in \`reactionGroups\`.`,
    extensions: { cost: { rows: limits.listedReactions } },
    resolve: (message, _, { loaders }) => loaders.reactionsOf.load(message.id),
  }),
}));

const ReactionInput = builder.inputType('ReactionInput', {
  description: 'The viewer’s reaction to a message.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    emoji: t.string({
      required: true,
      extensions: byRule(limits.emoji),
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
      mutate(context, info, input, (caller) =>
        context.services.reactions.add(caller, {
          ...input,
          messageId: rowId('Message', input.messageId),
        }),
      ),
  }),
  removeReaction: t.field({
    type: Message,
    errors: mutationErrors,
    description: 'Removes the viewer’s reaction. Removing it twice is no error.',
    args: { input: t.arg({ type: ReactionInput, required: true, description: 'The reaction.' }) },
    resolve: (_, { input }, context, info) =>
      mutate(context, info, input, (caller) =>
        context.services.reactions.remove(caller, {
          ...input,
          messageId: rowId('Message', input.messageId),
        }),
      ),
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
      resolve: (item) => {
        const { reactionId: id, messageId, actorId: userId, emoji, occurredAt } = eventOf(item, 'REACTION_ADDED');
        return { id, messageId, userId, emoji, createdAt: occurredAt };
      },
    }),
  }),
});

eventRef('ReactionRemoved').implement({
  description: 'A reaction was removed.',
  interfaces,
  fields: (t) => ({
    message: t.field({ type: Message, description: 'The message as it now is.', resolve: messageOf }),
    emoji: t.string({ description: 'The emoji.', resolve: (item) => eventOf(item, 'REACTION_REMOVED').emoji }),
    user: t.field({
      type: User,
      description: 'The user whose reaction it was.',
      resolve: async (item, _, { loaders }) =>
        required(await loaders.user.load(eventOf(item, 'REACTION_REMOVED').actorId)),
    }),
  }),
});
