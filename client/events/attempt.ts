import { onReturn } from '../backoff.ts';
import type { Tokens } from '../session/tokens.ts';
import { openConnection, type Connection, type GraphQLErrorLike, type Sink } from './connection.ts';
import type { Follower } from './follower.ts';
import type { StreamItemLike } from './items.ts';

export interface AttemptOptions<Item extends StreamItemLike> {
  url: string;
  document: string;
  webSocketImpl?: typeof WebSocket | undefined;
  tokens: Tokens;
  token: string;
  signal: AbortSignal;
  follower: Follower<Item>;
  viewerId(): string | undefined;
  onViewer(id: string): void;
  onState(state: 'catching up' | 'live'): void;
  /** How to ask for the stream anew, from what is known then; undefined when the connection is over. */
  onAsk(ask: (() => void) | undefined): void;
}

/** How one connection ended. */
export interface End {
  /** It came as far as `live`. */
  lived: boolean;
  tokenRefused: boolean;
  /** The next one would meet it again. */
  fault?: Error;
}

const TOKEN_REFUSED = 4403;
/** While catching up, so many items go to the cache at a time. */
const BATCH = 200;
const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** Codes of errors that the next try would meet again. Errors of GraphQL's own validation may come without a code. */
const FAULTS: unknown[] = [undefined, 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

/** Follows the stream over one connection, from its opening to its end. */
export function followOnce<Item extends StreamItemLike>(options: AttemptOptions<Item>): Promise<End> {
  const { tokens, follower, signal, onState, onAsk } = options;
  return new Promise((resolve) => {
    const end: End = { lived: false, tokenRefused: false };
    let stopRequest = () => {};
    let caughtUp = false;
    let buffer: Item[] = [];
    let present = options.token;
    let renewal: ReturnType<typeof setTimeout> | undefined;
    let stops: (() => void)[] = [];

    let connection: Connection;
    try {
      connection = openConnection({ ...options, onReady: ready, onClosed: closed });
    } catch (error) {
      return resolve({ ...end, fault: error as Error }); // no address of a WebSocket
    }
    signal.addEventListener('abort', connection.close);
    stops = [
      () => signal.removeEventListener('abort', connection.close),
      tokens.subscribe(renew),
      onReturn(connection.probe),
    ];

    const refusal = {
      error(errors: readonly GraphQLErrorLike[]) {
        const code = errors[0]?.extensions?.code;
        end.tokenRefused = code === 'UNAUTHENTICATED';
        if (FAULTS.includes(code)) end.fault = new Error(errors.map(({ message }) => message).join('; '));
        connection.close();
      },
    };

    function ready(): void {
      onState('catching up');
      scheduleRenewal();
      if (options.viewerId() !== undefined) return ask();
      connection.request({ query: '{ viewer { id } }' }, { ...refusal, next: identified, complete: () => {} });
    }

    function identified({ data }: Parameters<Sink['next']>[0]): void {
      const id = (data as { viewer?: { id: string } | null } | null | undefined)?.viewer?.id;
      if (id === undefined) return connection.close();
      options.onViewer(id);
      ask();
    }

    function ask(): void {
      caughtUp = false;
      buffer = []; // what is not yet applied is asked for again
      onState('catching up');
      stopRequest();
      const variables = { since: follower.positions.toJSON() };
      stopRequest = connection.request(
        { query: options.document, variables },
        { ...refusal, next: received, complete: connection.close },
      );
      onAsk(ask);
    }

    function received({ data }: Parameters<Sink['next']>[0]): void {
      const item = (data as { events?: Item } | null | undefined)?.events;
      // An item that the server failed to show: it is asked for again, with back-off.
      if (!item) return connection.close();
      buffer.push(item);
      caughtUp ||= item.__typename === 'CaughtUp';
      if (caughtUp || buffer.length >= BATCH) flush();
      if (item.__typename !== 'CaughtUp' || !caughtUp) return;
      end.lived = true;
      onState('live');
    }

    function flush(): void {
      const items = buffer;
      buffer = [];
      if (!follower.take(items)) ask();
    }

    /** The token was renewed, or should be. */
    function renew(): void {
      void tokens.fresh().then((next) => {
        if (next === null) return connection.close();
        if (next !== present) connection.authorise(next);
        present = next;
        scheduleRenewal();
      }, scheduleRenewal);
    }

    function scheduleRenewal(): void {
      clearTimeout(renewal);
      const due = tokens.dueIn();
      if (due === null || stops.length === 0) return;
      // Not at once: renewing may just have failed.
      renewal = setTimeout(renew, Math.min(Math.max(due, 5_000), LONGEST_TIMEOUT));
    }

    function closed(code: number): void {
      clearTimeout(renewal);
      for (const stop of stops.splice(0)) stop();
      onAsk(undefined);
      if (buffer.length > 0) follower.take(buffer);
      resolve({ ...end, tokenRefused: end.tokenRefused || code === TOKEN_REFUSED });
    }
  });
}
