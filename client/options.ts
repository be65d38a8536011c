import type { KeptPositions } from './events/positions.ts';
import type { SessionStorage } from './session/storage.ts';
import type { TokenSource } from './session/token-source.ts';

/** What both adapters take. */
export interface ParleyOptions {
  /** The GraphQL endpoint: `/graphql`, or absolute where there is no page. */
  url: string;
  /** Default: `url` with ws: or wss:. */
  webSocketUrl?: string;
  auth: TokenSource;
  /** The id of the user who is signed in. Asked from the server when absent; then unsent messages are not kept. */
  viewerId?: string;
  /** Where unsent messages and drafts are kept over a reload, for each `viewerId`. Default: localStorage. */
  storage?: SessionStorage;
  /** `events.positions.toJSON()`, kept beside a persisted cache: the stream goes on from there. */
  positions?: KeptPositions;
  /** A mistake that trying again does not mend, such as an invalid document. Default: console.error. */
  onFault?: (fault: Error) => void;
  fetch?: typeof fetch;
  /** How long a mutation is repeated, with its Idempotency-Key, when the network or the server fails. Default: 20 s. */
  retryForMs?: number;
  /** Where there is no global WebSocket, e.g. in Node 20: that of `ws`. */
  webSocketImpl?: typeof WebSocket;
}
