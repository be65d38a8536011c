import { z } from 'zod';
import { Chat } from '../chat/chat.schema.ts';
import { builder } from '../graphql/builder.ts';
import { keyset, pageCost } from '../graphql/connection.ts';
import { eventRef, StreamItem, ViewerEvent } from '../graphql/event.ts';
import { encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import type { Draft as DraftShape } from './draft.rules.ts';

/** Its text may have thousands of bytes. */
const longText = () => 10;

export const Draft = builder.objectRef<DraftShape>('Draft').implement({
  description: 'What the viewer has begun to write in a chat, on all of their devices. Nobody else sees it.',
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    version: t.exposeInt('version', {
      description:
        'The viewer’s version when it last changed: the next `ifVersion`. The higher one is the newer draft.',
    }),
    content: t.exposeString('content', {
      description: `Its text, of up to ${limits.draft.characters} characters. It may be blank.`,
      extensions: { cost: { self: longText } },
    }),
    replyToId: t.id({
      nullable: true,
      description: 'The id of the message that it will reply to.',
      resolve: ({ replyToId }) => replyToId && encodeId('Message', replyToId),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

builder.objectField(Chat, 'draft', (t) =>
  t.field({
    type: Draft,
    nullable: true,
    description:
      'What the viewer has begun to write in it. Selecting it makes the item of a subscription run for each viewer on its own.',
    extensions: { viewerDependent: true },
    resolve: async (chat, _, { viewer, loaders }) => {
      const userId = viewer.optional();
      return userId === null ? null : ((await loaders.draft.load({ userId, chatId: chat.id }))?.draft ?? null);
    },
  }),
);

const draftsByTime = keyset('drafts', z.tuple([z.iso.datetime(), z.uuid()]));

builder.queryField('drafts', (t) =>
  t.connection(
    {
      extensions: { cost: pageCost },
      type: Draft,
      description: 'What the viewer has begun to write in their present chats, latest first.',
      resolve: async (_, args, { viewer, services }) => {
        const userId = viewer.require();
        const page = draftsByTime.page(args);
        const rows = await services.drafts.list(userId, page);
        return draftsByTime.connection(rows, page, (draft) => [draft.updatedAt.toISOString(), draft.chatId]);
      },
    },
    { name: 'DraftConnection', description: 'A page of drafts.' },
    { name: 'DraftEdge', description: 'A draft in a page.' },
  ),
);

eventRef('DraftChanged').implement({
  description: 'What the viewer has begun to write in a chat changed, on this device or another.',
  interfaces: [ViewerEvent, StreamItem],
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    draft: t.field({
      type: Draft,
      nullable: true,
      description:
        'The draft as it now is: its `version` may be higher than that of the change. Null once it is deleted.',
      extensions: { viewerDependent: true },
      resolve: async ({ chatId }, _, { viewer, loaders }) =>
        (await loaders.draft.load({ userId: viewer.require(), chatId }))?.draft ?? null,
    }),
  }),
});
