import { EphemeralEvent } from '../ephemeral/ephemeral.schema.ts';
import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { encodeId, rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import type { StreamItem } from '../log/event-types.ts';
import { required } from '../required.ts';
import { User } from '../user/user.schema.ts';

builder.objectRef<StreamItem>('TypingChanged').implement({
  description:
    'The users who type in a chat now, which may include the viewer. It replaces the earlier one of the chat, and is valid for `expiresInMs`.',
  interfaces: [EphemeralEvent],
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    users: t.field({
      type: [User],
      description: `The first ${limits.typingUsers} of them, in the order in which they began.`,
      extensions: { cost: { rows: limits.typingUsers } },
      resolve: ({ typing }, _, { loaders }) =>
        Promise.all(required(typing).userIds.map(async (id) => required(await loaders.user.load(id)))),
    }),
    userCount: t.int({ description: 'How many users type.', resolve: ({ typing }) => required(typing).userCount }),
    expiresInMs: t.int({
      description: 'Milliseconds after which nobody types, unless another event comes first; 0 if nobody types.',
      resolve: ({ typing }) => required(typing).expiresInMs,
    }),
  }),
});

const TypingSet = builder.objectRef<{ occurredAt: Date }>('TypingSet').implement({
  description: 'The report was accepted, even if it was not sent to anybody.',
  fields: (t) => ({ occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }) }),
});

const SetTypingInput = builder.inputType('SetTypingInput', {
  description: 'Whether the viewer types in a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    isTyping: t.boolean({
      required: true,
      description:
        'Send true at the first key and then every 3 seconds, and false when the viewer stops. Typing ends by itself after 6 seconds, and when the viewer’s message arrives.',
    }),
  }),
});

builder.mutationField('setTyping', (t) =>
  t.field({
    type: TypingSet,
    errors: mutationErrors,
    extensions: { logLevel: 'debug' },
    description: `Reports that the viewer types in a chat, to the subscribers of \`ephemeral\` who have it on screen. In chats of more than ${limits.typingMembers} members nothing is sent, and more than one report for a chat in 2 seconds, or than ${limits.typingNotices} in a second for all chats, is ignored. It takes no \`Idempotency-Key\`: nothing is stored.`,
    args: {
      input: t.arg({ type: SetTypingInput, required: true, description: 'The chat, and whether the viewer types.' }),
    },
    resolve: async (_, { input: { chatId, isTyping } }, { viewer, services }) => {
      await services.typing.set(viewer.require(), rowId('Chat', chatId), isTyping);
      return { occurredAt: new Date() };
    },
  }),
);
