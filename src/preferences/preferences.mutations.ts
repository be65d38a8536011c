import { builder } from '../graphql/builder.ts';
import { mutationErrors } from '../graphql/errors.ts';
import { rowId } from '../graphql/ids.ts';
import { limits } from '../limits.ts';
import { NotificationLevel, ViewerChatState } from '../read-state/read-state.schema.ts';
import { ViewerSettings } from './preferences.schema.ts';

const UpdateChatPreferencesInput = builder.inputType('UpdateChatPreferencesInput', {
  description: 'How the viewer keeps a chat. What is absent stays as it is.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The chat.' }),
    isArchived: t.boolean({ description: 'Whether it is put aside. It stays so until this is changed.' }),
    isPinned: t.boolean({ description: `Whether it is kept on top, with at most ${limits.pinnedChats} chats.` }),
    isHidden: t.boolean({ description: 'Whether it is out of sight until its next message.' }),
    notifications: t.field({
      type: NotificationLevel,
      description: 'Which messages the viewer wants to be told of; null for the default of the settings.',
    }),
    isMuted: t.boolean({ description: 'Whether it is silent.' }),
    mutedUntil: t.field({
      type: 'DateTime',
      description: 'When the silence ends, in the future; null for never. Only with `isMuted: true`.',
    }),
  }),
});

const UpdateViewerSettingsInput = builder.inputType('UpdateViewerSettingsInput', {
  description: 'How the viewer wants it in all chats. What is absent, or null, stays as it is.',
  fields: (t) => ({
    defaultNotifications: t.field({
      type: NotificationLevel,
      description: 'Which messages the viewer wants to be told of where nothing else is set.',
    }),
    sendsReadReceipts: t.boolean({ description: 'Whether others see how far the viewer has read and received.' }),
    sharesPresence: t.boolean({
      description: 'Whether others may see that the viewer is online. It is stored for a later version.',
    }),
  }),
});

// An `Idempotency-Key` is not stored: each of these has the same effect when it is repeated.
builder.mutationFields((t) => ({
  updateChatPreferences: t.field({
    type: ViewerChatState,
    errors: mutationErrors,
    description:
      'Mutes, archives, pins or hides a chat, or says which of its messages to tell of, on all devices of the viewer. It takes no `Idempotency-Key`: repeating it has no effect.',
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
