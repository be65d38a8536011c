import type {
  ConnectionState,
  Drafts,
  EventStream,
  Outbox,
  Reading,
  Receipts,
  StreamItem,
  TypingChats,
  UnreadChats,
  ViewerChatState,
} from '../../../client/core.ts';
import type { ParleyOptions } from '../../../client/options.ts';
import { until as waitUntil } from '../../support/until.ts';
import { CREATE, DELETE, SEND } from './queries.ts';

export interface ShownMessage {
  id: string;
  type: string;
  content: string | null;
  position: number;
  revision: number;
}

/** The result of `CHAT`. */
export interface ChatData {
  chat: {
    title: string | null;
    messages: { edges: { node: ShownMessage }[]; pageInfo: { startCursor: string } };
  } | null;
}

/** The result of `CHATS`. */
export interface ChatsData {
  chats: { edges: { node: { id: string; title: string | null; lastMessage: { content: string } | null } }[] };
}

/** The messages without the lines about the group. */
const written = (edges: readonly { node: ShownMessage }[]): ShownMessage[] =>
  edges.flatMap(({ node }) => (node.type === 'SYSTEM' ? [] : [node]));

/** What an app shows of one open chat. It is null if there is none, and undefined while it is loading. */
export type ShownChat = { title: string | null; messages: ShownMessage[] } | null | undefined;

export const shownChat = ({ chat }: ChatData): ShownChat =>
  chat && { title: chat.title, messages: written(chat.messages.edges) };

export const shownList = ({ chats }: ChatsData): ReturnType<Kit['list']> =>
  chats.edges.map(({ node: { id, title, lastMessage } }) => ({ id, title, last: lastMessage?.content ?? null }));

/** What a query of the app shows of a viewer state. */
export type ShownState = Pick<ViewerChatState, 'version' | 'readPosition' | 'unreadCount' | 'isMarkedUnread'>;

/** The same small app, written for each of the clients. */
export interface Kit {
  readonly events: EventStream<StreamItem>;
  readonly outbox: Outbox;
  readonly unread: UnreadChats;
  readonly read: Reading;
  readonly receipts: Receipts;
  readonly typing: TypingChats;
  readonly drafts: Drafts;
  /** Opens a chat and keeps showing it. */
  open(chatId: string): void;
  shown(chatId: string): ShownChat;
  /** Opens a view with a query of its own for the chat's `viewerState`, and keeps showing it. */
  openState(chatId: string): () => ShownState | null | undefined;
  /** Opens the list of chats and keeps showing it. */
  openList(first?: number): void;
  list(): { id: string; title: string | null; last: string | null }[] | undefined;
  /** Loads the page before the oldest shown message. */
  older(chatId: string): Promise<void>;
  refetch(chatId: string): Promise<void>;
  /** Sends a message. Returns the code of a refusal. */
  send(chatId: string, content: string): Promise<string | undefined>;
  deleteChat(chatId: string): Promise<string | undefined>;
  createChat(title: string, memberIds?: string[]): Promise<string>;
  stop(): void;
}

export interface KitOptions extends ParleyOptions {
  /** Whether its mutations show optimistic results. */
  optimistic?: boolean;
}

export type MakeKit = (options: KitOptions) => Kit;

let temporary = 0;

/** The optimistic results of an app's mutations. */
export const foreseen = {
  sendMessage: ({ chatId, content }: { chatId: string; content: string }) => ({
    __typename: 'Message',
    id: `temporary:${++temporary}`,
    chatId,
    authorId: 'me',
    type: 'TEXT',
    content,
    replyToId: null,
    createdAt: new Date(Date.now() + 60_000).toISOString(),
    position: 1_000_000 + temporary,
    revision: 1_000_000 + temporary,
    isDeleted: false,
  }),
  createChat: ({ title }: { title: string }) => ({
    __typename: 'Chat',
    id: `temporary:${++temporary}`,
    title,
    position: 0,
    lastActivityAt: new Date(Date.now() + 60_000).toISOString(),
    lastMessage: null,
  }),
  deleteChat: ({ chatId }: { chatId: string }) => ({ __typename: 'ChatDeleted', id: chatId, chatId, position: 0 }),
};

/** The mutations of the app, by the function with which its client sends them. */
export const mutating = (
  mutate: (mutation: string, name: keyof typeof foreseen, input: object) => Promise<{ id?: string; code?: string }>,
): Pick<Kit, 'send' | 'deleteChat' | 'createChat'> => ({
  send: async (chatId, content) => (await mutate(SEND, 'sendMessage', { chatId, content })).code,
  deleteChat: async (chatId) => (await mutate(DELETE, 'deleteChat', { chatId })).code,
  createChat: async (title, memberIds = []) =>
    (await mutate(CREATE, 'createChat', { kind: 'GROUP', title, memberIds })).id ?? '',
});

/**
 * Like the other `until`, with the actual value in the error, and with a deadline beyond the kit's longest wait between
 * connections.
 */
export const until = (condition: () => boolean, what: string, seen?: () => unknown): Promise<void> =>
  waitUntil(condition, () => `${what}. Seen: ${JSON.stringify(seen?.())}`, 40_000);

export function untilState({ events }: Kit, state: ConnectionState): Promise<void> {
  return until(() => events.getSnapshot() === state, `state ${state}`, events.getSnapshot);
}
