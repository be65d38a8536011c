/** Items that show no event of the log: items about the stream itself, about viewer state, and ephemeral ones. */
import type { ViewerChange } from '../viewer-state/viewer-changes.ts';
import type { Presence, ReceiptRise, Typing } from './ephemeral.ts';
import type { EphemeralItemType, StreamItem, ViewerItemType } from './event-types.ts';

/** Makes an item that is no event of the log: about the stream itself, or about a chat as a whole. */
export const controlItem = (
  type: 'ChatAdded' | 'ChatReset' | 'ChatGone' | 'CaughtUp' | 'EphemeralReady',
  chatId = '',
  position = 0,
) =>
  ({
    type,
    occurredAt: new Date(),
    chatId,
    position,
    about: type === 'ChatAdded' || type === 'ChatReset' ? 'chat' : null,
    toSubject: true,
  }) satisfies StreamItem;

const viewerItems = {
  chat: { type: 'ViewerChatStateChanged', about: 'viewerChatState' },
  draft: { type: 'DraftChanged', about: 'draft' },
  saved: { type: 'SavedMessageChanged', about: null },
  settings: { type: 'ViewerSettingsChanged', about: null },
  block: { type: 'BlockChanged', about: null },
} as const satisfies Record<ViewerChange['kind'], { type: ViewerItemType; about: StreamItem['about'] }>;

/** Makes an item about a row of viewer state that has changed. It is shown to the viewer alone. */
export function viewerItem({ kind, id, version }: ViewerChange, occurredAt: Date): StreamItem {
  const { type, about } = viewerItems[kind];
  const item = { type, occurredAt, chatId: '', version, position: 0, about, toSubject: true };
  if (kind === 'chat' || kind === 'draft') return { ...item, chatId: id };
  if (kind === 'block') return { ...item, userId: id };
  return kind === 'saved' ? { ...item, messageId: id } : item;
}

/** Makes the item after which all viewer state follows. */
export const viewerReset = (occurredAt: Date): StreamItem => ({
  type: 'ViewerStateReset',
  occurredAt,
  chatId: '',
  version: 0,
  position: 0,
  about: null,
  toSubject: true,
});

/** Makes the item that shows receipts which have risen. Every live subscription accepts its infinite position. */
export const receiptsItem = (chatId: string, receipts: readonly ReceiptRise[]) =>
  ({
    type: 'ReadReceiptsChanged',
    occurredAt: new Date(),
    chatId,
    position: Number.POSITIVE_INFINITY,
    about: null,
    receipts,
    toSubject: false,
  }) satisfies StreamItem;

/** Makes the item that shows who types in a chat. Every live subscription accepts its infinite position. */
export const typingItem = (chatId: string, typing: Typing) =>
  ({
    type: 'TypingChanged',
    occurredAt: new Date(),
    chatId,
    position: Number.POSITIVE_INFINITY,
    about: null,
    typing,
    toSubject: false,
  }) satisfies StreamItem;

/** Makes the item that shows whether a user is online. */
export const presenceItem = (userId: string, presence: Presence) =>
  ({
    type: 'PresenceChanged',
    occurredAt: new Date(),
    chatId: '',
    position: 0,
    about: null,
    userId,
    presence,
    toSubject: false,
  }) satisfies StreamItem;

const ephemeralTypes: readonly string[] = [
  'EphemeralReady',
  'ReadReceiptsChanged',
  'TypingChanged',
  'PresenceChanged',
  'UserUpdated',
] satisfies EphemeralItemType[];
export const isEphemeral = ({ type }: StreamItem): boolean => ephemeralTypes.includes(type);
