import { Chat } from '../chat/chat.schema.ts';
import { builder } from '../graphql/builder.ts';
import { encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { Message } from '../message/message.schema.ts';
import { required } from '../required.ts';
import { User } from '../user/user.schema.ts';
import type { ShownReceipt } from './receipt.rules.ts';

const { receiptMembers, deliveryReceiptMembers } = limits;

const MessageStatus = builder.enumType('MessageStatus', {
  description:
    'Whether a message has been delivered and read: SENT, then DELIVERED, then READ. It never goes back: if you know several, keep the last in this order.',
  values: {
    SENT: { description: 'It is stored, and is being delivered to every member.' },
    DELIVERED: {
      description: `It has reached a device of every other member who joined before it. In chats of up to ${deliveryReceiptMembers} members.`,
    },
    READ: {
      description: `Every other member who joined before it and is still there has read it. In chats of up to ${receiptMembers} members.`,
    },
  } as const,
});

export const ReadReceipt = builder.objectRef<ShownReceipt>('ReadReceipt').implement({
  description: 'How far a member has read a chat, as other members see it. Both positions only rise.',
  fields: (t) => ({
    userId: t.id({ description: 'The member’s id.', resolve: ({ userId }) => encodeId('User', userId) }),
    user: t.field({
      type: User,
      description: 'The member.',
      resolve: async ({ userId }, _, { loaders }) => required(await loaders.user.load(userId)),
    }),
    readPosition: t.exposeInt('readPosition', { description: 'Messages up to here were read; 0 for none.' }),
    deliveredPosition: t.exposeInt('deliveredPosition', {
      description: 'Messages up to here have reached a device; 0 for none.',
    }),
  }),
});

builder.objectField(Chat, 'readReceipts', (t) =>
  t.field({
    type: [ReadReceipt],
    description: `The receipts of its members, in the order of their joining; none in a chat of more than ${receiptMembers} members.`,
    extensions: { cost: { rows: receiptMembers } },
    resolve: (chat, _, { loaders }) => loaders.receipts.load(chat.id),
  }),
);

builder.objectField(Message, 'status', (t) =>
  t.field({
    type: MessageStatus,
    description: 'Whether it has been delivered and read. In a `MessageCreated` it is always SENT.',
    extensions: { cost: { reads: true } },
    resolve: (message, _, { loaders }) => loaders.messageStatus.load(message),
  }),
);
