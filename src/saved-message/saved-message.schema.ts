import { z } from 'zod';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { eventRef, StreamItem, ViewerEvent } from '../graphql/event.ts';
import { encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { Message } from '../message/message.schema.ts';
import { required } from '../required.ts';
import type { SavedMessage as SavedMessageShape } from './saved-message.rules.ts';

export const SavedMessage = builder.objectRef<SavedMessageShape>('SavedMessage').implement({
  description: 'A message that the viewer has saved for later. Nobody else sees that it is saved.',
  fields: (t) => ({
    messageId: t.id({ description: 'The message’s id.', resolve: ({ messageId }) => encodeId('Message', messageId) }),
    version: t.exposeInt('version', { description: 'The viewer’s version when it last changed.' }),
    message: t.field({
      type: Message,
      nullable: true,
      description: 'The message; null while the viewer may not see it, and once it has been removed with its chat.',
      extensions: { viewerDependent: true },
      resolve: ({ messageId }, _, { viewer, loaders }) =>
        loaders.visibleMessage.load({ userId: viewer.require(), messageId }),
    }),
    note: t.exposeString('note', {
      nullable: true,
      description: `The viewer’s note, of up to ${limits.note.characters} characters.`,
    }),
    savedAt: t.expose('savedAt', { type: 'DateTime', description: 'When it was saved.' }),
  }),
});

const savedByTime = keyset('savedMessages', z.tuple([z.iso.datetime(), z.uuid()]));

builder.queryField('savedMessages', (t) =>
  t.connection(
    {
      extensions: { cost: pageCost },
      type: SavedMessage,
      description: 'The messages that the viewer has saved, latest first.',
      resolve: async (_, args, { viewer, services }) => {
        const userId = viewer.require();
        const page = savedByTime.page(args);
        const rows = await services.savedMessages.list(userId, page);
        return savedByTime.connection(rows, page, (saved) => [saved.savedAt.toISOString(), saved.messageId]);
      },
    },
    { name: 'SavedMessageConnection', description: 'A page of saved messages.' },
    { name: 'SavedMessageEdge', description: 'A saved message in a page.' },
  ),
);

eventRef('SavedMessageChanged').implement({
  description: 'The viewer saved a message, changed its note or removed it, on this device or another.',
  interfaces: [ViewerEvent, StreamItem],
  fields: (t) => ({
    messageId: t.id({
      description: 'The message’s id.',
      resolve: ({ messageId }) => encodeId('Message', required(messageId)),
    }),
    savedMessage: t.field({
      type: SavedMessage,
      nullable: true,
      description:
        'The saved message as it now is: its `version` may be higher than that of the change. Null once it is removed.',
      extensions: { viewerDependent: true },
      resolve: ({ messageId }, _, { viewer, loaders }) =>
        loaders.savedMessage.load({ userId: viewer.require(), messageId: required(messageId) }),
    }),
  }),
});
