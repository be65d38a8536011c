import { Chat } from '../chat/chat.schema.ts';
import { NotificationLevel as levels } from '../database/generated/client.ts';
import { builder } from '../graphql/builder.ts';
import { encodeId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import type { UnreadSummary as Summary, ViewerChatState as State } from './read-state.loaders.ts';

export const NotificationLevel = builder.enumType('NotificationLevel', {
  description: 'Which messages of a chat the viewer wants to be notified of. It may grow.',
  values: {
    [levels.ALL]: { description: 'All of them.' },
    [levels.MENTIONS]: { description: 'Those that mention the viewer.' },
    [levels.NONE]: { description: 'None.' },
  },
});

const orMore = `${limits.unreadCount} means ${limits.unreadCount} or more.`;

export const ViewerChatState = builder.objectRef<State>('ViewerChatState').implement({
  description: 'The viewer’s own state of one chat: what they have read, and their preferences. Nobody else sees it.',
  fields: (t) => ({
    chatId: t.id({ description: 'The chat’s id.', resolve: ({ chatId }) => encodeId('Chat', chatId) }),
    version: t.exposeInt('version', {
      description:
        'The viewer’s version when it last changed; 0 if it was never changed. The higher one is the newer state. Counts change with the chat and take no version.',
    }),
    asOfPosition: t.exposeInt('asOfPosition', {
      description: 'The chat’s newest position when the counts were taken: messages above it are not counted.',
    }),
    readPosition: t.exposeInt('readPosition', {
      description: 'Messages above it are unread. It begins where the membership began.',
    }),
    unreadCount: t.exposeInt('unreadCount', {
      description: `Messages of others above \`readPosition\` that are not deleted; ${orMore}`,
    }),
    mentionCount: t.exposeInt('mentionCount', {
      description: `Of the unread messages those that mention the viewer; ${orMore}`,
    }),
    isMarkedUnread: t.exposeBoolean('isMarkedUnread', {
      description: 'Whether the viewer has marked it as unread. The next `markChatRead` clears that.',
    }),
    notifications: t.expose('notifications', {
      type: NotificationLevel,
      description:
        'The messages that the viewer wants notifications of. If nothing is set for the chat, it is the default of the settings.',
    }),
    isMuted: t.exposeBoolean('isMuted', { description: 'Whether it is muted now, by the database’s clock.' }),
    mutedUntil: t.expose('mutedUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'When the muting ends; null if it is not muted, or is muted until that is changed.',
    }),
    isArchived: t.exposeBoolean('isArchived', { description: 'Whether it is archived.' }),
    isPinned: t.exposeBoolean('isPinned', {
      description: 'Whether it is pinned to the top. `chats(filter: { isPinned: true })` lists pinned chats.',
    }),
    isHidden: t.exposeBoolean('isHidden', { description: 'Whether it is hidden until its next message.' }),
  }),
});

export const UnreadSummary = builder.objectRef<Summary>('UnreadSummary').implement({
  description: 'The chats of the viewer that have something unread, each counted once.',
  fields: (t) => ({
    chatCount: t.exposeInt('chatCount', { description: 'Those that are not muted.' }),
    mutedChatCount: t.exposeInt('mutedChatCount', { description: 'Those that are muted.' }),
    mentionChatCount: t.exposeInt('mentionChatCount', {
      description: 'Those with an unread message that mentions the viewer, muted or not.',
    }),
  }),
});

builder.objectField(Chat, 'viewerState', (t) =>
  t.field({
    type: ViewerChatState,
    nullable: true,
    description:
      'The viewer’s own state of the chat; null if the viewer is not a member. An item of a subscription that selects it is executed for each viewer.',
    extensions: { viewerDependent: true },
    resolve: (chat, _, { viewer, loaders }) => {
      const userId = viewer.optional();
      return userId === null ? null : loaders.viewerChatState.load({ userId, chatId: chat.id });
    },
  }),
);

/** The statement looks at each chat of the viewer. */
const SUMMARY_COST = 100;

builder.queryField('unreadSummary', (t) =>
  t.field({
    type: UnreadSummary,
    description: 'How many chats of the viewer have something unread.',
    extensions: { cost: { self: () => SUMMARY_COST } },
    resolve: (_, __, { viewer, services }) => services.readState.summary(viewer.require()),
  }),
);
