import { chatOf } from '../chat/chat.events.ts';
import { ChatPositionInput } from '../chat/chat-position.schema.ts';
import { Chat } from '../chat/chat.schema.ts';
import { subscriptions } from '../log/subscriptions.ts';
import { builder } from '../graphql/builder.ts';
import { Event, eventRef, StreamItem, ViewerEvent } from '../graphql/event.ts';
import { decodeId, encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';

eventRef('ChatReset').implement({
  description:
    'The log does not reach back to where the client was: drop everything that is cached of the chat, also messages with higher revisions, and fetch it anew. `position` is the newest one; the chat’s next item has that plus one.',
  interfaces: [Event, StreamItem],
  fields: (t) => ({
    chat: t.field({
      type: Chat,
      description: 'The chat.',
      resolve: chatOf,
    }),
  }),
});

eventRef('EventSkipped').implement({
  description:
    'An event that this server does not understand yet, because a newer one wrote it. It counts in the log; fetch the chat again when convenient.',
  interfaces: [Event, StreamItem],
  fields: (t) => ({ chat: t.field({ type: Chat, description: 'The chat as it now is.', resolve: chatOf }) }),
});

eventRef('ChatGone').implement({
  description:
    'A chat named in `since`. The viewer cannot see this chat, and the reason is no longer known. Remove it.',
  interfaces: [StreamItem],
  fields: (t) => ({
    chatId: t.id({
      description: 'The id that `since` named.',
      resolve: ({ chatId, unknownId }) => unknownId ?? encodeId('Chat', chatId),
    }),
  }),
});

eventRef('CaughtUp').implement({
  description: 'Sent once, after the replay; without `since` at once. What follows is live.',
  interfaces: [StreamItem],
  fields: (t) => ({
    viewerStateVersion: t.int({
      description:
        'The version up to which the client has the viewer’s own state. It is the next `viewerStateSince`. 0 without `viewerStateSince`.',
      resolve: ({ version = 0 }) => version,
    }),
  }),
});

eventRef('ViewerStateReset').implement({
  description:
    'Drop all cached state of the viewer’s own. All of it follows. Its version is 0, so that a client whose connection breaks now begins anew.',
  interfaces: [ViewerEvent, StreamItem],
});

builder.subscriptionField('events', (t) =>
  t.field({
    type: StreamItem,
    description:
      'Every event of every chat of the viewer, each once, and for each chat in the order of `position` without a gap. With `since` it first replays what the client has missed, and names chats that have ended or are new; then it sends `CaughtUp`, and then live events. Without `since` it sends `CaughtUp` at once, and then live events.',
    args: {
      since: t.arg({
        type: [ChatPositionInput],
        description: `The chats that the client knows, at most ${limits.since}, each once; \`[]\` for a first sync.`,
        extensions: { size: { items: limits.since }, selectsOnly: true },
      }),
      viewerStateSince: t.arg.int({
        description:
          'The version up to which the client knows the viewer’s own state; 0 for a first sync. Each state that changed since is sent once, as it is now, before `CaughtUp`, and after that each change. Without it no `ViewerEvent` is sent.',
        extensions: { selectsOnly: true },
      }),
    },
    subscribe: (_, { since, viewerStateSince }, { viewer, services }) => {
      const userId = viewer.require();
      if (!since) return services.streams.ofAllChats(userId, subscriptions.events, viewerStateSince);
      const named = since.map(({ chatId, position }) => ({ named: chatId, decoded: decodeId(chatId), position }));
      return services.streams.resume(userId, {
        since: named.flatMap(({ decoded, position }) =>
          decoded?.type === 'Chat' ? [{ chatId: decoded.id, position }] : [],
        ),
        unknownIds: named.flatMap(({ named, decoded }) => (decoded?.type === 'Chat' ? [] : [named])),
        viewerStateSince,
      });
    },
    resolve: (item) => item,
  }),
);
