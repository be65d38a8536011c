import type { StreamItem as StreamItemShape } from '../log/event-types.ts';
import { builder } from './builder.ts';
import { encodeId } from './ids.ts';

export const StreamItem = builder.interfaceRef<StreamItemShape>('StreamItem').implement({
  description: 'An item of `events`: an event of a chat, or a statement about the stream itself, such as `CaughtUp`.',
  resolveType: (item) => item.type,
  fields: (t) => ({
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened, by the database’s clock.' }),
  }),
});

export const Event = builder.interfaceRef<StreamItemShape>('Event').implement({
  description:
    'A past fact of one chat. Its `position` is its place in the chat’s log, where each is one higher than the one before. Objects are shown as they are at the time of delivery.',
  interfaces: [StreamItem],
  resolveType: (item) => item.type,
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    position: t.exposeInt('position', { description: 'Its number in the chat’s log, from 1.' }),
  }),
});

export const ViewerEvent = builder.interfaceRef<StreamItemShape>('ViewerEvent').implement({
  description:
    'A change of what belongs to the viewer alone. Only devices of the viewer receive it, if they named `viewerStateSince`.',
  interfaces: [StreamItem],
  resolveType: (item) => item.type,
  fields: (t) => ({
    version: t.int({
      description: 'The viewer’s version with this change: the next `viewerStateSince`. 0 if all of it follows.',
      resolve: ({ version = 0 }) => version,
    }),
  }),
});

/** Creates an object type of the API for a type of item. */
export const eventRef = (name: StreamItemShape['type']) => builder.objectRef<StreamItemShape>(name);
