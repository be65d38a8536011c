// The published entry `parley/client/react`.
export { useConnection, useLive } from './react/connection.ts';
export { useOutbox } from './react/outbox.ts';
export { useSession } from './react/session.ts';
export { useStreamItem } from './react/stream-item.ts';
