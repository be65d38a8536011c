import { builder } from '../graphql/builder.ts';

export const ChatPositionInput = builder.inputType('ChatPositionInput', {
  description: 'How far the client knows a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    position: t.int({ required: true, description: 'The position of the newest item that the client has of it.' }),
  }),
});
