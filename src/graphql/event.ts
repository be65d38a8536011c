import type { StreamItem as StreamItemShape } from '../events/catalogue.ts';
import { builder } from './builder.ts';
import { encodeId } from './ids.ts';

export const StreamItem = builder.interfaceRef<StreamItemShape>('StreamItem').implement({
  description: 'What `events` carries: the events of chats, and what a replay says besides.',
  resolveType: (item) => item.type,
  fields: (t) => ({
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened, by the database’s clock.' }),
  }),
});

export const Event = builder.interfaceRef<StreamItemShape>('Event').implement({
  description:
    'A past fact of one chat. Its `position` is its place in the chat’s log; each follows the one before it by 1, and what it shows is shown as it is at delivery.',
  interfaces: [StreamItem],
  resolveType: (item) => item.type,
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    position: t.exposeInt('position', { description: 'Its number in the chat’s log, from 1.' }),
  }),
});

/** A type of event; the fields beyond the interface's are its own. */
export const eventRef = (name: StreamItemShape['type']) => builder.objectRef<StreamItemShape>(name);
