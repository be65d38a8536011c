// The published entry `@parley/client/react`.
export { useConnection, useLive } from './react/connection.ts';
export { useDraft } from './react/draft.ts';
export { useOutbox } from './react/outbox.ts';
export { useReadReceipts } from './react/receipts.ts';
export { useSession } from './react/session.ts';
export { useStreamItem } from './react/stream-item.ts';
export { useSendTyping, useTyping } from './react/typing.ts';
export { useReading, useUnread, useUnreadSummary } from './react/unread.ts';
