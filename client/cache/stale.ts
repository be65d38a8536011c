import type { StreamItemLike } from '../events/items.ts';

/** Fields of the event's chat and of its message. */
export interface Stale {
  readonly chat?: readonly string[];
  readonly message?: readonly string[];
}

const EDITED = ['content', 'payload', 'updatedAt', 'mentionedUsers', 'mentionsEveryone'];
const DELETED = [...EDITED, 'isDeleted', 'deletedAt', 'reactions', 'reactionGroups'];

/** What is dropped of a chat that is to be fetched anew. */
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
 * What each event changes. What it shows itself is up to date; of the rest, what is cached is fetched again when it is
 * next looked at. The places of messages in chats, and of chats in lists, are kept by the caches themselves; so is what is
 * unread.
 */
export const stale: Readonly<Record<string, Stale>> = {
  MessageCreated: {},
  MessageEdited: { message: EDITED },
  MessageDeleted: { message: DELETED },
  ReactionAdded: { message: ['reactions', 'reactionGroups'] },
  ReactionRemoved: { message: ['reactions', 'reactionGroups'] },
  MemberAdded: { chat: ['members', 'memberCount', 'readReceipts'] },
  // Who leaves as the owner hands over.
  MemberRemoved: { chat: ['members', 'memberCount', 'viewerRole', 'readReceipts'] },
  DraftChanged: { chat: ['draft'] },
  SavedMessageChanged: {},
  ChatUpdated: { chat: ['title', 'updatedAt', 'members', 'viewerRole'] },
};

/** Items that bring, drop or end a whole chat, which the caches do by themselves. */
const WHOLE = ['ChatAdded', 'ChatReset', 'ChatDeleted', 'ChatGone', 'CaughtUp'];

/** Of what belongs to the viewer alone, `read-state/` keeps account. */
const OWN = ['ViewerChatStateChanged', 'ViewerSettingsChanged', 'ViewerStateReset'];

/** `EventSkipped`, and what a newer server sends: nobody knows here what it changed, so everything may be stale. */
const UNKNOWN: Stale = { chat: [...DROPPED, 'title', 'updatedAt'] };

/** Whether the kit knows what this item changes. */
export function isKnown({ __typename = '' }: StreamItemLike): boolean {
  return __typename in stale || WHOLE.includes(__typename) || OWN.includes(__typename);
}

export function staleBy(item: StreamItemLike): Stale {
  return stale[item.__typename ?? ''] ?? (isKnown(item) || item.version !== undefined ? {} : UNKNOWN);
}

/** Those of the fields that the event's own selection does not show. */
export function notShown(fields: readonly string[] = [], shown: object | undefined): string[] {
  return fields.filter((field) => !shown || !(field in shown));
}
