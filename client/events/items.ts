/** What the kit itself reads of an item, whatever else an app selects. */
export interface StreamItemLike {
  __typename?: string | undefined;
  chatId?: string;
  position?: number;
  /** Of `MemberRemoved`: who. */
  user?: { id?: string };
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
  reactions: Reaction[];
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
  lastMessage: Message | null;
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
  | ({ __typename: 'ChatAdded'; chat: Chat } & Event)
  | ({ __typename: 'ChatUpdated'; chat: Chat } & Event)
  | ({ __typename: 'ChatDeleted'; id: string; deletedBy: User } & Event)
  | ({ __typename: 'ChatReset'; chat: Chat } & Event)
  | { __typename: 'ChatGone'; occurredAt: string; chatId: string }
  | { __typename: 'CaughtUp'; occurredAt: string };
