import { ConflictError } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { byRule } from '../graphql/inputs.ts';
import { limits } from '../limits.ts';
import { Draft } from './draft.schema.ts';

const DraftDeleted = builder.objectRef<{ chatId: string; version: number }>('DraftDeleted').implement({
  description: 'The chat has no draft.',
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    version: t.exposeInt('version', {
      description: 'The viewer’s version with the deletion; 0 if there never was one.',
    }),
  }),
});

const ifVersion =
  'The `version` of the draft that the device knows. If another device has changed it since, the answer is CONFLICT and nothing changes. Without it the draft is changed in any case.';

const SaveDraftInput = builder.inputType('SaveDraftInput', {
  description: 'What the viewer has begun to write.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    content: t.string({
      required: true,
      description: `The text, of up to ${limits.draft.characters} characters, at most ${limits.draft.bytes} bytes of UTF-8. It may be blank, and with \`replyToId\` empty.`,
      extensions: byRule(limits.draft),
    }),
    replyToId: t.id({ description: 'A message of the same chat that it will reply to; absent or null for none.' }),
    ifVersion: t.int({ description: ifVersion }),
  }),
});

const DeleteDraftInput = builder.inputType('DeleteDraftInput', {
  description: 'The draft to delete.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    ifVersion: t.int({ description: ifVersion }),
  }),
});

const errors = { types: [...mutationErrors.types, ConflictError] };

// The mutations store no `Idempotency-Key`, because each has the same effect when it is repeated.
builder.mutationFields((t) => ({
  saveDraft: t.field({
    type: Draft,
    extensions: { logLevel: 'debug' },
    errors,
    description: `Keeps what the viewer has begun to write in a chat, for all of their devices. At most ${limits.drafts} chats have a draft. It takes no \`Idempotency-Key\`: repeating it has no effect.`,
    args: { input: t.arg({ type: SaveDraftInput, required: true, description: 'The draft.' }) },
    resolve: (_, { input }, { viewer, services }) =>
      services.drafts.save({
        userId: viewer.require(),
        chatId: rowId('Chat', input.chatId),
        content: input.content,
        replyToId: input.replyToId == null ? null : rowId('Message', input.replyToId),
        ifVersion: input.ifVersion,
      }),
  }),
  deleteDraft: t.field({
    type: DraftDeleted,
    errors,
    description:
      'Deletes what the viewer has begun to write in a chat. It takes no `Idempotency-Key`: repeating it has no effect.',
    args: { input: t.arg({ type: DeleteDraftInput, required: true, description: 'The draft.' }) },
    resolve: async (_, { input }, { viewer, services }) => {
      const userId = viewer.require();
      const chatId = rowId('Chat', input.chatId);
      const version = await services.drafts.delete({ userId, chatId, ifVersion: input.ifVersion });
      return { chatId, version };
    },
  }),
}));
