import { Chat } from '../chat/chat.schema.ts';
import { promised } from '../database/batch.ts';
import { subscriptions } from '../events/catalogue.ts';
import { builder } from '../graphql/builder.ts';
import { Event, eventRef, StreamItem } from '../graphql/event.ts';
import { decodeId, encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';

eventRef('ChatReset').implement({
  description:
    'The log does not reach back to where the client was: drop what is cached of the chat, its messages with their higher revisions too, and fetch it anew. `position` is the newest one; the chat’s next item is that plus one.',
  interfaces: [Event, StreamItem],
  fields: (t) => ({
    chat: t.field({
      type: Chat,
      description: 'The chat.',
      resolve: async ({ chatId }, _, { loaders }) => promised(await loaders.chat.load(chatId)),
    }),
  }),
});

eventRef('ChatGone').implement({
  description: 'A chat named in `since` that is not the viewer’s to see, and nothing tells why any more: drop it.',
  interfaces: [StreamItem],
  fields: (t) => ({
    chatId: t.id({
      description: 'The id that `since` named.',
      resolve: ({ chatId, unknownId }) => unknownId ?? encodeId('Chat', chatId),
    }),
  }),
});

eventRef('CaughtUp').implement({
  description: 'Once: after the replay, or at once without `since`. Live from here on.',
  interfaces: [StreamItem],
});

const ChatPositionInput = builder.inputType('ChatPositionInput', {
  description: 'How far the client knows a chat.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    position: t.int({ required: true, description: 'The position of the newest item that the client has of it.' }),
  }),
});

builder.subscriptionField('events', (t) =>
  t.field({
    type: StreamItem,
    description:
      'Every event of every chat of the viewer’s, each once, per chat in the order of `position` without a gap. With `since` it first replays what followed, and tells of chats that ended or are new; then `CaughtUp`, then live. Without `since`: live from now on, after a `CaughtUp`.',
    args: {
      since: t.arg({
        type: [ChatPositionInput],
        description: `The chats that the client knows, at most ${limits.since}, each once; \`[]\` for a first sync.`,
      }),
    },
    subscribe: (_, { since }, { viewer, services }) => {
      if (!since) return services.streams.overAll(viewer.id, subscriptions.events);
      const named = since.map(({ chatId, position }) => ({ named: chatId, decoded: decodeId(chatId), position }));
      return services.streams.resume(
        viewer.id,
        named.flatMap(({ decoded, position }) => (decoded?.type === 'Chat' ? [{ chatId: decoded.id, position }] : [])),
        named.flatMap(({ named, decoded }) => (decoded?.type === 'Chat' ? [] : [named])),
      );
    },
    resolve: (item) => item,
  }),
);
