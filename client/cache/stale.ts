import type { StreamItemLike } from '../events/items.ts';

/** The fields of the event's chat and of its message that an event makes stale. */
export interface Stale {
  readonly chat?: readonly string[];
  readonly message?: readonly string[];
}

const EDITED = ['content', 'payload', 'updatedAt', 'mentionedUsers', 'mentionsEveryone'];
const DELETED = [...EDITED, 'isDeleted', 'deletedAt', 'reactions', 'reactionGroups'];

/** The fields of a chat that are dropped when the chat has to be fetched again. */
export const DROPPED = [
  'messages',
  'lastMessage',
  'members',
  'memberCount',
  'viewerRole',
  'viewerState',
  'readReceipts',
  'draft',
];

/**
 * The fields that each event changes. Those that the event shows are up to date; the others are fetched again when they
 * are next shown. The adapters themselves move messages in their chats and chats in their lists, and count unread
 * messages.
 */
export const stale: Readonly<Record<string, Stale>> = {
  MessageCreated: {},
  MessageEdited: { message: EDITED },
  MessageDeleted: { message: DELETED },
  ReactionAdded: { message: ['reactions', 'reactionGroups'] },
  ReactionRemoved: { message: ['reactions', 'reactionGroups'] },
  MemberAdded: { chat: ['members', 'memberCount', 'readReceipts'] },
  // The owner who leaves hands the chat over.
  MemberRemoved: { chat: ['members', 'memberCount', 'viewerRole', 'readReceipts'] },
  DraftChanged: { chat: ['draft'] },
  SavedMessageChanged: {},
  ChatUpdated: { chat: ['title', 'updatedAt', 'members', 'viewerRole'] },
};

/** Items that add, drop or end a whole chat. The caches handle them themselves. */
const WHOLE = ['ChatAdded', 'ChatReset', 'ChatDeleted', 'ChatGone', 'CaughtUp'];

/** Items about viewer state. `read-state/` handles them, or they are about no chat. */
const OWN = ['ViewerChatStateChanged', 'ViewerSettingsChanged', 'BlockChanged', 'ViewerStateReset'];

/** `EventSkipped`, and items of a newer server: the kit does not know what they changed, so everything may be stale. */
const UNKNOWN: Stale = {
  chat: [...new Set([...DROPPED, ...Object.values(stale).flatMap(({ chat = [] }) => chat)])],
};

/** Whether the kit knows what this item changes. */
export function isKnown({ __typename = '' }: StreamItemLike): boolean {
  return __typename in stale || WHOLE.includes(__typename) || OWN.includes(__typename);
}

export function staleBy(item: StreamItemLike): Stale {
  return stale[item.__typename ?? ''] ?? (isKnown(item) || item.version !== undefined ? {} : UNKNOWN);
}

/** Returns the fields that the event's own selection does not show. */
export function notShown(fields: readonly string[] = [], shown: object | undefined): string[] {
  return fields.filter((field) => !shown || !(field in shown));
}
