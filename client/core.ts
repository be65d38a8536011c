// The published entry `parley/client`: what a frontend may use of the core, and nothing else.
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
export { chatFields, eventsDocument, messageFields, sendMessageDocument, userFields } from './events/document.ts';
export type { Chat, Message, Reaction, StreamItem, StreamItemLike, User } from './events/items.ts';
export type { ChatPosition, Positions } from './events/positions.ts';
export {
  createOutbox,
  type MessageInput,
  type Outbox,
  type OutgoingMessage,
  type SendResult,
} from './outbox/outbox.ts';
export type { Readable } from './store.ts';
