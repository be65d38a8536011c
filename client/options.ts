import type { KeptPositions } from './events/positions.ts';
import type { SessionStorage } from './session/storage.ts';
import type { TokenSource } from './session/token-source.ts';

/** The options of both adapters. */
export interface ParleyOptions {
  /** The GraphQL endpoint: `/graphql`, or an absolute address where there is no page. */
  url: string;
  /** Default: `url` with ws: or wss:. */
  webSocketUrl?: string;
  auth: TokenSource;
  /** The id of the signed-in user. If it is absent, the server is asked, and unsent messages are not stored. */
  viewerId?: string;
  /**
   * Where unsent messages and drafts are stored, for each `viewerId`, so that they survive a reload. Default:
   * localStorage.
   */
  storage?: SessionStorage;
  /**
   * The result of `events.positions.toJSON()`, which was stored beside a persisted cache: the stream continues from
   * there.
   */
  positions?: KeptPositions;
  /** Called with an error that a retry cannot repair, such as an invalid document. Default: console.error. */
  onFault?: (fault: Error) => void;
  fetch?: typeof fetch;
  /**
   * Milliseconds for which a mutation is repeated, with its Idempotency-Key, when the network or the server fails.
   * Default: 20,000.
   */
  retryForMs?: number;
  /** The class `WebSocket` of `ws`, where there is no global one, such as in Node 20. */
  webSocketImpl?: typeof WebSocket;
}
