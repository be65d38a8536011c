import { builder } from '../graphql/builder.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import type { StreamItem } from '../log/event-types.ts';
import { required } from '../required.ts';
import { User } from '../user/user.schema.ts';
import { ReadReceipt } from '../read-state/receipt.schema.ts';

export const EphemeralEvent = builder.interfaceRef<StreamItem>('EphemeralEvent').implement({
  description:
    'An event that is only useful now. It has no position and may be lost: after each `EphemeralReady` read the receipts of the chats and the presence of the users on screen once. `TypingChanged` follows for the chats in which somebody types.',
  resolveType: (item) => item.type,
  fields: (t) => ({
    occurredAt: t.expose('occurredAt', {
      type: 'DateTime',
      description: 'When the server sent it, by the server’s clock.',
    }),
  }),
});

builder.objectRef<StreamItem>('EphemeralReady').implement({
  description:
    'The subscription is live from here on: read the receipts of the chats, and the users on screen with their presence, once. It is sent again when events may have been lost.',
  interfaces: [EphemeralEvent],
});

builder.objectRef<StreamItem>('ReadReceiptsChanged').implement({
  description:
    'Members have read further, or more messages were delivered to them. Keep the highest value of each position.',
  interfaces: [EphemeralEvent],
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    receipts: t.field({
      type: [ReadReceipt],
      description: 'The receipts that have risen.',
      extensions: { cost: { rows: limits.receiptMembers, reads: false } },
      resolve: ({ receipts = [] }) =>
        receipts.map(({ userId, position, delivered }) => ({
          userId,
          readPosition: position,
          deliveredPosition: delivered,
        })),
    }),
  }),
});

builder.objectRef<StreamItem>('UserUpdated').implement({
  description: 'The profile of a user on screen has changed.',
  interfaces: [EphemeralEvent],
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The user as they now are.',
      resolve: async ({ userId }, _, { loaders }) => required(await loaders.user.load(required(userId))),
    }),
  }),
});

builder.subscriptionField('ephemeral', (t) =>
  t.field({
    type: EphemeralEvent,
    description: `Receipts of the chats on screen, who types there, and presence and changed profiles of the users on screen. While it is open, and for 15 seconds after it, the viewer is online. It begins with \`EphemeralReady\`. When what is on screen changes, subscribe anew, then complete the old operation. When a chat ends for the viewer, nothing more of it is sent.`,
    args: {
      chatIds: t.arg.idList({
        required: true,
        description: `The chats on screen, at most ${limits.ephemeralChats}; each must be a chat of the viewer.`,
        extensions: { size: { items: limits.ephemeralChats }, selectsOnly: true },
      }),
      userIds: t.arg.idList({
        description: `The users on screen, at most ${limits.ephemeralUsers}. Changes of their profiles are sent, and of the presence of those whom the viewer may see: see \`User.presence\`.`,
        extensions: { size: { items: limits.ephemeralUsers }, selectsOnly: true },
      }),
      isActive: t.arg.boolean({
        defaultValue: true,
        description:
          'Whether somebody is using the device: false if nobody has touched it for five minutes, or the page is hidden. A user is IDLE if none of their devices is used. When it changes, subscribe anew.',
        extensions: { selectsOnly: true },
      }),
    },
    subscribe: (_, { chatIds, userIds, isActive }, { viewer, services }) => {
      const userId = viewer.require();
      return services.ephemeral.of(userId, {
        chatIds: chatIds.map((id) => rowId('Chat', id)),
        userIds: (userIds ?? []).map((id) => rowId('User', id)),
        isActive: isActive ?? true,
      });
    },
    resolve: (item) => item,
  }),
);
