// The published entry `@parley/client`: all that a frontend may use of the core.
export { newIdempotencyKey } from './http/idempotency.ts';
export { createFetch, type FetchOptions } from './http/fetch.ts';
export {
  createSession,
  type Session,
  type SessionOptions,
  type SessionUser,
  type SignedIn,
} from './session/session.ts';
export type { SignInResult } from './session/session.ts';
export { memoryStorage, type SessionStorage } from './session/storage.ts';
export type { TokenSource } from './session/token-source.ts';
export { createTokens, type Tokens } from './session/tokens.ts';
export { createEventStream, type ConnectionState, type EventStream, type EventStreamOptions } from './events/stream.ts';
export {
  chatFields,
  eventsDocument,
  messageFields,
  sendMessageDocument,
  userFields,
  viewerStateFields,
} from './events/document.ts';
export type {
  Chat,
  Draft,
  Message,
  Reaction,
  StreamItem,
  StreamItemLike,
  User,
  ViewerChatState,
} from './events/items.ts';
export type { ChatPosition, KeptPositions, Positions, StoredPositions } from './events/positions.ts';
export { createOutbox, type Outbox } from './outbox/outbox.ts';
export type { MessageInput, OutgoingMessage, Send, SendResult, SentAs } from './outbox/messages.ts';
export type { ChatDraft, DraftText } from './drafts/draft.ts';
export type { Drafts } from './drafts/drafts.ts';
export type { Sending } from './outbox/sending.ts';
export { mentionsUser } from './mentions/mentions.ts';
export { messageStatus, readersOf, type MessageStatus, type ReadReceipt } from './receipts/status.ts';
export type { Receipts } from './receipts/receipts.ts';
export type { TypingChats } from './typing/follow-typing.ts';
export type { Typing } from './typing/stores.ts';
export type { Marked } from './read-state/marks.ts';
export type { Reading, UnreadChats } from './read-state/read-state.ts';
export type { UnreadSummary } from './read-state/unread.ts';
export type { Unread } from './read-state/unread-stores.ts';
export type { Readable } from './store.ts';
