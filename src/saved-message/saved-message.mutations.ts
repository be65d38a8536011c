import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { SavedMessage } from './saved-message.schema.ts';

const SavedMessageDeleted = builder.objectRef<{ messageId: string; version: number }>('SavedMessageDeleted').implement({
  description: 'The message is not saved.',
  fields: (t) => ({
    messageId: t.id({ description: 'The message’s id.', resolve: ({ messageId }) => encodeId('Message', messageId) }),
    version: t.exposeInt('version', {
      description: 'The viewer’s version with the removal; 0 if it was never saved.',
    }),
  }),
});

const SaveMessageInput = builder.inputType('SaveMessageInput', {
  description: 'A message to save.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'A message of one of the viewer’s chats. It must not be deleted.' }),
    note: t.string({
      description: `A note of 1–${limits.note.characters} characters, at most ${limits.note.bytes} bytes of UTF-8. If it is absent, the note stays; null clears it.`,
      extensions: byRule(limits.note),
    }),
  }),
});

const UnsaveMessageInput = builder.inputType('UnsaveMessageInput', {
  description: 'A saved message to remove from the list.',
  fields: (t) => ({ messageId: t.id({ required: true, description: 'The message.' }) }),
});

// The mutations store no `Idempotency-Key`, because each has the same effect when it is repeated.
builder.mutationFields((t) => ({
  saveMessage: t.field({
    type: SavedMessage,
    errors: mutationErrors,
    description: `Saves a message for later, on all devices of the viewer. At most ${limits.savedMessages} are saved. \`SavedMessage\` and \`Error\` both have a \`message\`: give one of them an alias. It takes no \`Idempotency-Key\`: repeating it has no effect.`,
    args: { input: t.arg({ type: SaveMessageInput, required: true, description: 'The message.' }) },
    resolve: (_, { input: { messageId, note } }, { viewer, services }) =>
      services.savedMessages.save(viewer.require(), rowId('Message', messageId), { note }),
  }),
  unsaveMessage: t.field({
    type: SavedMessageDeleted,
    errors: mutationErrors,
    description: 'Removes a message from the saved ones. It takes no `Idempotency-Key`: repeating it has no effect.',
    args: { input: t.arg({ type: UnsaveMessageInput, required: true, description: 'The message.' }) },
    resolve: async (_, { input }, { viewer, services }) => {
      const userId = viewer.require();
      const messageId = rowId('Message', input.messageId);
      return { messageId, version: await services.savedMessages.remove(userId, messageId) };
    },
  }),
}));
