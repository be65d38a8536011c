import { ChatPositionInput } from '../chat/chat-position.schema.ts';
import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';

const MarkedDelivered = builder.objectRef<{ occurredAt: Date }>('MarkedDelivered').implement({
  description: 'The receipts were stored.',
  fields: (t) => ({ occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }) }),
});

const MarkDeliveredInput = builder.inputType('MarkDeliveredInput', {
  description: 'The messages that have reached a device of the viewer.',
  fields: (t) => ({
    positions: t.field({
      type: [ChatPositionInput],
      required: true,
      description: `The newest message of each chat that has arrived, at most ${limits.deliveredPositions}. Chats of more than ${limits.deliveryReceiptMembers} members, and those that the viewer is not in, are ignored.`,
      extensions: { size: { items: limits.deliveredPositions } },
    }),
  }),
});

builder.mutationField('markDelivered', (t) =>
  t.field({
    type: MarkedDelivered,
    errors: mutationErrors,
    extensions: { logLevel: 'debug' },
    description:
      'Reports that messages have reached a device of the viewer, whether or not they were read.  It takes no `Idempotency-Key`: repeating it has no effect.',
    args: {
      input: t.arg({ type: MarkDeliveredInput, required: true, description: 'The messages that have arrived.' }),
    },
    resolve: async (_, { input: { positions } }, { viewer, services }) => {
      const userId = viewer.require();
      const known = positions.map(({ chatId, position }) => ({ chatId: rowId('Chat', chatId), position }));
      await services.readState.markDelivered({ userId, positions: known });
      return { occurredAt: new Date() };
    },
  }),
);
