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
    'Who types in a chat now, the viewer among them. It replaces what was told before. What is shown of it ends by itself after `expiresInMs`.',
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
    userCount: t.int({ description: 'How many type.', resolve: ({ typing }) => required(typing).userCount }),
    expiresInMs: t.int({
      description: 'Milliseconds until nobody types, if nothing more is told; 0 where nobody does.',
      resolve: ({ typing }) => required(typing).expiresInMs,
    }),
  }),
});

const TypingSet = builder.objectRef<{ occurredAt: Date }>('TypingSet').implement({
  description: 'Those who look at the chat are told, or need not be.',
  fields: (t) => ({ occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }) }),
});

const SetTypingInput = builder.inputType('SetTypingInput', {
  description: 'Whether the viewer types in a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    isTyping: t.boolean({
      required: true,
      description:
        'True at the first key and then every 3 seconds; false as soon as they stop. It ends by itself after 6 seconds, and with their message.',
    }),
  }),
});

builder.mutationField('setTyping', (t) =>
  t.field({
    type: TypingSet,
    errors: mutationErrors,
    extensions: { logLevel: 'debug' },
    description: `Says that the viewer types in a chat, to those who look at it by \`ephemeral\`. In chats of more than ${limits.typingMembers} members nobody is told, and more often than every 2 seconds is ignored. It takes no \`Idempotency-Key\`: nothing is stored.`,
    args: { input: t.arg({ type: SetTypingInput, required: true, description: 'Where, and whether.' }) },
    resolve: async (_, { input: { chatId, isTyping } }, { viewer, services }) => {
      await services.typing.set(viewer.require(), rowId('Chat', chatId), isTyping);
      return { occurredAt: new Date() };
    },
  }),
);
