import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { UnreadSummary, ViewerChatState } from './read-state.schema.ts';

const MarkChatReadInput = builder.inputType('MarkChatReadInput', {
  description: 'How far the viewer has read a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    position: t.int({
      required: true,
      description:
        'The position of the last message that was read. A higher position than the newest counts as the newest.',
    }),
    ifVersion: t.int({
      description:
        'The `version` of the state that the device knows. If the chat was marked as unread since, nothing changes, and the present state is the answer.',
    }),
  }),
});

const MarkChatUnreadInput = builder.inputType('MarkChatUnreadInput', {
  description: 'The position from which a chat counts as unread.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    position: t.int({
      required: true,
      description:
        'The position of the first message that counts as unread. A higher position than the newest counts as the newest.',
    }),
  }),
});

// The mutations store no `Idempotency-Key`, because each has the same effect when it is repeated.
builder.mutationFields((t) => ({
  markChatRead: t.field({
    type: ViewerChatState,
    errors: mutationErrors,
    extensions: { logLevel: 'debug' },
    description:
      'Marks a chat as read up to a position, on all devices of the viewer. It never lowers the read position, and clears `isMarkedUnread`. It takes no `Idempotency-Key`: repeating it has no effect.',
    args: { input: t.arg({ type: MarkChatReadInput, required: true, description: 'How far.' }) },
    resolve: (_, { input: { chatId, position, ifVersion = null } }, { viewer, services }) =>
      services.readState.markRead({ userId: viewer.require(), chatId: rowId('Chat', chatId), position, ifVersion }),
  }),
  markChatUnread: t.field({
    type: ViewerChatState,
    errors: mutationErrors,
    extensions: { logLevel: 'debug' },
    description:
      'Marks a chat as unread from a position on, on all devices of the viewer. The receipt that others see stays. It takes no `Idempotency-Key`: repeating it has no effect.',
    args: { input: t.arg({ type: MarkChatUnreadInput, required: true, description: 'From where.' }) },
    resolve: (_, { input: { chatId, position } }, { viewer, services }) =>
      services.readState.markUnread({ userId: viewer.require(), chatId: rowId('Chat', chatId), position }),
  }),
  markAllChatsRead: t.field({
    type: UnreadSummary,
    errors: mutationErrors,
    extensions: { logLevel: 'debug', cost: { self: () => MARK_ALL_COST } },
    description:
      'Marks all chats of the viewer as read. Returns the summary afterwards. It takes no `Idempotency-Key`: repeating it has no effect.',
    resolve: (_, __, { viewer, services }) => services.readState.markAllRead(viewer.require()),
  }),
}));

/** The mutation may write one row for each chat of the viewer. */
const MARK_ALL_COST = 1_000;
