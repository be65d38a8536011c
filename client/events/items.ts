/** The fields of an item that the kit reads, whatever else an app selects. */
export interface StreamItemLike {
  __typename?: string | undefined;
  chatId?: string;
  position?: number;
  /** Set for items about viewer state. */
  version?: number;
  /** Set for `CaughtUp`. */
  viewerStateVersion?: number;
  /**
   * Set for `MemberRemoved`: the removed user, with their `id`. It is an `object`, because code generators hide the
   * fields of fragments.
   */
  user?: object;
}

export interface User {
  __typename: 'User';
  id: string;
  username: string;
  displayName: string;
}

export interface Reaction {
  __typename: 'Reaction';
  id: string;
  emoji: string;
  user: User;
  messageId: string;
  createdAt: string;
}

/** Events do not show whether the viewer reacted. The kit keeps that up to date in the cache. */
interface ReactionGroup {
  __typename: 'ReactionGroup';
  emoji: string;
  count: number;
}

export interface Message {
  __typename: 'Message';
  id: string;
  chatId: string;
  author: User;
  authorId: string;
  type: 'TEXT' | 'IMAGE' | 'FILE' | 'SYSTEM';
  content: string | null;
  payload: unknown;
  status: 'SENT' | 'DELIVERED' | 'READ';
  createdAt: string;
  updatedAt: string | null;
  replyToId: string | null;
  position: number;
  revision: number;
  isDeleted: boolean;
  deletedAt: string | null;
  mentionedUsers: User[];
  mentionsEveryone: boolean;
  reactionGroups: ReactionGroup[];
}

export interface Chat {
  __typename: 'Chat';
  id: string;
  kind: 'DIRECT' | 'GROUP';
  title: string | null;
  createdAt: string;
  updatedAt: string | null;
  position: number;
  lastActivityAt: string;
  memberCount: number;
  lastMessage: Message | null;
}

/** The viewer's own state of one chat. */
export interface ViewerChatState {
  __typename: 'ViewerChatState';
  chatId: string;
  version: number;
  asOfPosition: number;
  readPosition: number;
  unreadCount: number;
  mentionCount: number;
  isMarkedUnread: boolean;
  notifications: 'ALL' | 'MENTIONS' | 'NONE';
  isMuted: boolean;
  mutedUntil: string | null;
  isArchived: boolean;
  isPinned: boolean;
  isHidden: boolean;
}

/** The viewer's draft of a chat. */
export interface Draft {
  __typename: 'Draft';
  chatId: string;
  version: number;
  content: string;
  replyToId: string | null;
  updatedAt: string;
}

/** A chat that is added, with the viewer's own state. */
interface WholeChat extends Chat {
  viewerState: ViewerChatState | null;
}

interface Event {
  occurredAt: string;
  chatId: string;
  position: number;
}

/** The items of the default document. An app that passes its own document gets its own types instead. */
export type StreamItem =
  | ({ __typename: 'MessageCreated'; message: Message } & Event)
  | ({ __typename: 'MessageEdited'; message: Message } & Event)
  | ({ __typename: 'MessageDeleted'; message: Message; deletedBy: User } & Event)
  | ({ __typename: 'ReactionAdded'; message: Message; reaction: Reaction } & Event)
  | ({ __typename: 'ReactionRemoved'; message: Message; emoji: string; user: User } & Event)
  | ({ __typename: 'MemberAdded'; chat: Chat; user: User; role: 'OWNER' | 'ADMIN' | 'MEMBER' } & Event)
  | ({ __typename: 'MemberRemoved'; user: User; removedBy: User } & Event)
  | ({ __typename: 'ChatAdded'; chat: WholeChat } & Event)
  | ({ __typename: 'ChatUpdated'; chat: Chat } & Event)
  | ({ __typename: 'ChatDeleted'; id: string; deletedBy: User } & Event)
  | ({ __typename: 'ChatReset'; chat: WholeChat } & Event)
  /** An event of a newer server, which this server does not know. */
  | ({ __typename: 'EventSkipped' } & Event)
  | { __typename: 'ChatGone'; occurredAt: string; chatId: string }
  | {
      __typename: 'ViewerChatStateChanged';
      occurredAt: string;
      version: number;
      chatId: string;
      viewerState: ViewerChatState;
    }
  | { __typename: 'DraftChanged'; occurredAt: string; version: number; chatId: string; draft: Draft | null }
  | { __typename: 'ViewerStateReset'; occurredAt: string; version: number }
  | { __typename: 'CaughtUp'; occurredAt: string; viewerStateVersion: number };
