import type { ConnectionState, EventStream, Outbox, StreamItem } from '../../../client/core.ts';
import type { ParleyOptions } from '../../../client/options.ts';
import { until as waitUntil } from '../../support/until.ts';

export interface ShownMessage {
  id: string;
  content: string | null;
  position: number;
  revision: number;
}

/** What an app shows of one open chat; null: there is none. Undefined: not loaded. */
export type ShownChat = { title: string | null; messages: ShownMessage[] } | null | undefined;

/** The same small app, written with each of the clients. */
export interface Kit {
  readonly events: EventStream<StreamItem>;
  readonly outbox: Outbox;
  /** Opens a chat and keeps showing it. */
  open(chatId: string): void;
  shown(chatId: string): ShownChat;
  /** Opens the list of chats and keeps showing it. */
  openList(first?: number): void;
  list(): { id: string; title: string | null; last: string | null }[] | undefined;
  /** The page before the oldest shown. */
  older(chatId: string): Promise<void>;
  refetch(chatId: string): Promise<void>;
  send(chatId: string, content: string): Promise<void>;
  deleteChat(chatId: string): Promise<void>;
  createChat(title: string, memberIds?: string[]): Promise<string>;
  stop(): void;
}

export type MakeKit = (options: ParleyOptions) => Kit;

export const CHAT = `query OpenChat($id: ID!, $before: String) {
  chat(id: $id) {
    __typename id title position lastActivityAt
    messages(last: 5, before: $before) {
      edges { cursor node { __typename id chatId authorId type content replyToId createdAt position revision isDeleted } }
      pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
    }
  }
}`;

export const CHATS = `query Chats($first: Int, $after: String) {
  chats(first: $first, after: $after) {
    edges { cursor node {
      __typename id title position lastActivityAt
      lastMessage { __typename id chatId authorId content position revision }
    } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const SEND = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on Message { id chatId authorId type content replyToId createdAt position revision isDeleted }
    ... on Error { code message }
  }
}`;

export const DELETE = `mutation Delete($input: DeleteChatInput!) {
  deleteChat(input: $input) { __typename ... on ChatDeleted { id chatId position } ... on Error { code message } }
}`;

export const CREATE = `mutation Create($input: CreateChatInput!) {
  createChat(input: $input) {
    __typename
    ... on Chat { id title position lastActivityAt lastMessage { __typename id content position revision } }
    ... on Error { code message }
  }
}`;

/** As the other `until`, with what was seen instead, and for longer than the kit may wait before it connects again. */
export const until = (condition: () => boolean, what: string, seen?: () => unknown): Promise<void> =>
  waitUntil(condition, () => `${what}. Seen: ${JSON.stringify(seen?.())}`, 40_000);

export function untilState({ events }: Kit, state: ConnectionState): Promise<void> {
  return until(() => events.getSnapshot() === state, `state ${state}`, events.getSnapshot);
}
