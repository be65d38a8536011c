/** What the kit itself reads of an item, whatever else an app selects. */
export interface StreamItemLike {
  __typename?: string | undefined;
  chatId?: string;
  position?: number;
  /** Of what belongs to the user alone. */
  version?: number;
  /** Of `CaughtUp`. */
  viewerStateVersion?: number;
  /** Of `MemberRemoved`: who, with their `id`. An `object`, since code generators hide what is in fragments. */
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

/** Whether the viewer reacted is not shown in events, and kept in the cache by the kit. */
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

/** The viewer's own view of one chat. */
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

/** A chat that begins, with what belongs to the viewer alone. */
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
  /** An event that the server does not know, since a newer one wrote it. */
  | ({ __typename: 'EventSkipped' } & Event)
  | { __typename: 'ChatGone'; occurredAt: string; chatId: string }
  | {
      __typename: 'ViewerChatStateChanged';
      occurredAt: string;
      version: number;
      chatId: string;
      viewerState: ViewerChatState;
    }
  | { __typename: 'ViewerStateReset'; occurredAt: string; version: number }
  | { __typename: 'CaughtUp'; occurredAt: string; viewerStateVersion: number };
