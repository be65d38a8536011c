import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { NotificationLevel, ViewerChatState } from '../read-state/read-state.schema.ts';
import { ContactPermission, ViewerSettings } from './preferences.schema.ts';

const UpdateChatPreferencesInput = builder.inputType('UpdateChatPreferencesInput', {
  description: 'Preferences of the viewer for one chat. Absent fields keep their value.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    isArchived: t.boolean({ description: 'Whether the chat is archived. It stays archived until this is changed.' }),
    isPinned: t.boolean({
      description: `Whether the chat is pinned to the top; at most ${limits.pinnedChats} chats are.`,
    }),
    isHidden: t.boolean({ description: 'Whether the chat is hidden until its next message.' }),
    notifications: t.field({
      type: NotificationLevel,
      description: 'The messages that the viewer wants notifications of; null for the default of the settings.',
    }),
    isMuted: t.boolean({ description: 'Whether the chat is muted.' }),
    mutedUntil: t.field({
      type: 'DateTime',
      description: 'When the muting ends, in the future; null for never. Only with `isMuted: true`.',
    }),
  }),
});

const UpdateViewerSettingsInput = builder.inputType('UpdateViewerSettingsInput', {
  description: 'Settings of the viewer for all chats. Fields that are absent or null keep their value.',
  fields: (t) => ({
    defaultNotifications: t.field({
      type: NotificationLevel,
      description: 'The messages that the viewer wants notifications of, in chats for which nothing else is set.',
    }),
    sendsReadReceipts: t.boolean({ description: 'Whether others see how far the viewer has read and received.' }),
    sharesPresence: t.boolean({
      description: 'Whether people who share a chat with the viewer see whether the viewer is online.',
    }),
    whoMayContact: t.field({
      type: ContactPermission,
      description: 'Who may open a direct chat with the viewer and add them to groups.',
    }),
  }),
});

// The mutations store no `Idempotency-Key`, because each has the same effect when it is repeated.
builder.mutationFields((t) => ({
  updateChatPreferences: t.field({
    type: ViewerChatState,
    errors: mutationErrors,
    description:
      'Mutes, archives, pins or hides a chat, or sets which of its messages the viewer wants notifications of, on all devices of the viewer. It takes no `Idempotency-Key`: repeating it has no effect.',
    args: { input: t.arg({ type: UpdateChatPreferencesInput, required: true, description: 'The change.' }) },
    resolve: (_, { input: { chatId, ...change } }, { viewer, services }) =>
      services.preferences.updateChat({ userId: viewer.require(), chatId: rowId('Chat', chatId) }, change),
  }),
  updateViewerSettings: t.field({
    type: ViewerSettings,
    errors: mutationErrors,
    description:
      'Changes the viewer’s settings, on all of their devices. It takes no `Idempotency-Key`: repeating it has no effect.',
    args: { input: t.arg({ type: UpdateViewerSettingsInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, { viewer, services }) => services.preferences.updateSettings(viewer.require(), input),
  }),
}));
