import { onReturn } from '../backoff.ts';
import type { Tokens } from '../session/tokens.ts';
import {
  openConnection,
  type Connection,
  type GraphQLErrorLike,
  type RequestPayload,
  type Sink,
} from './connection.ts';
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
  /** Called with a function that requests the stream again; undefined when the connection has ended. */
  onAsk(ask: (() => void) | undefined): void;
  /** Called with the connection when it is ready, so that others may use it, and with undefined when it has ended. */
  onConnection(connection: Connection | undefined): void;
}

/** Describes how a connection ended. */
export interface End {
  /** Whether the connection reached `live`. */
  lived: boolean;
  tokenRefused: boolean;
  /** A permanent error: a new connection would fail in the same way. */
  fault?: Error;
}

const TOKEN_REFUSED = 4403;
/** Number of items that are passed to the cache at a time while catching up. */
const BATCH = 200;
const LONGEST_TIMEOUT = 2 ** 31 - 1;
/** Error codes for which a retry is pointless. Errors of GraphQL's own validation may come without a code. */
const FAULTS: unknown[] = [undefined, 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

type Result = Parameters<Sink['next']>[0];

/**
 * Follows the stream over one connection, from its opening to its end:
 *
 *     opening → identifying, if the viewer is not known → catching up ⇄ live → closed
 *
 * `closed` may come after each of them. A gap leads from `live` back to `catching up`.
 */
export class Attempt<Item extends StreamItemLike> {
  /** Resolves when the connection is over, and never rejects. */
  readonly ended: Promise<End>;
  readonly #options: AttemptOptions<Item>;
  readonly #end: End = { lived: false, tokenRefused: false };
  readonly #finish: (end: End) => void;
  #state: 'opening' | 'identifying' | 'catching up' | 'live' | 'closed' = 'opening';
  #connection: Connection | undefined;
  #stopRequest = () => {};
  /** Items that arrived while catching up and are not applied yet. */
  #buffer: Item[] = [];
  #token: string;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #unlisten: (() => void)[] = [];

  constructor(options: AttemptOptions<Item>) {
    this.#options = options;
    this.#token = options.token;
    let finish = (_end: End) => {};
    this.ended = new Promise((resolve) => (finish = resolve));
    this.#finish = finish;
  }

  start(): this {
    const { tokens, signal } = this.#options;
    let connection: Connection;
    try {
      connection = openConnection({
        ...this.#options,
        onReady: () => this.#ready(),
        onClosed: (code) => this.#closed(code),
      });
    } catch (error) {
      this.#state = 'closed';
      this.#finish({ ...this.#end, fault: error as Error }); // the address of the WebSocket is invalid
      return this;
    }
    this.#connection = connection;
    signal.addEventListener('abort', connection.close);
    this.#unlisten = [
      () => signal.removeEventListener('abort', connection.close),
      tokens.subscribe(() => this.#renew()),
      onReturn(connection.probe),
    ];
    return this;
  }

  #ready(): void {
    this.#options.onState('catching up');
    this.#scheduleRenewal();
    this.#options.onConnection(this.#connection);
    if (this.#options.viewerId() !== undefined) return this.#ask();
    this.#state = 'identifying';
    this.#request(
      { query: '{ viewer { id } }' },
      (result) => this.#identified(result),
      () => {},
    );
  }

  #identified({ data }: Result): void {
    const id = (data as { viewer?: { id: string } | null } | null | undefined)?.viewer?.id;
    if (id === undefined) return this.#close();
    this.#options.onViewer(id);
    this.#ask();
  }

  #ask(): void {
    this.#state = 'catching up';
    this.#buffer = []; // items that are not applied yet are requested again
    this.#options.onState('catching up');
    this.#stopRequest();
    const variables = this.#options.follower.positions.variables(this.#options.document);
    this.#stopRequest = this.#request(
      { query: this.#options.document, variables },
      (result) => this.#received(result),
      () => this.#close(),
    );
    this.#options.onAsk(() => this.#ask());
  }

  #request(payload: RequestPayload, next: Sink['next'], complete: () => void): () => void {
    return (
      this.#connection?.request(payload, { next, complete, error: (errors) => this.#refused(errors) }) ?? (() => {})
    );
  }

  #refused(errors: readonly GraphQLErrorLike[]): void {
    const code = errors[0]?.extensions?.code;
    this.#end.tokenRefused = code === 'UNAUTHENTICATED';
    if (FAULTS.includes(code)) this.#end.fault = new Error(errors.map(({ message }) => message).join('; '));
    this.#close();
  }

  #received({ data }: Result): void {
    const item = (data as { events?: Item } | null | undefined)?.events;
    // The server failed to show an item. It is requested again, with back-off.
    if (!item) return this.#close();
    this.#buffer.push(item);
    const isCaughtUp = item.__typename === 'CaughtUp';
    if (this.#state === 'live' || isCaughtUp || this.#buffer.length >= BATCH) {
      const items = this.#buffer.splice(0);
      if (!this.#options.follower.receive(items)) return this.#ask();
    }
    if (!isCaughtUp) return;
    this.#state = 'live';
    this.#end.lived = true;
    this.#options.onState('live');
  }

  /** Renews the token of the connection, before the old one expires. */
  #renew(): void {
    const { tokens } = this.#options;
    void tokens.fresh().then(
      (next) => {
        if (next === null) return this.#close();
        if (next !== this.#token) this.#connection?.authorise(next);
        this.#token = next;
        this.#scheduleRenewal();
      },
      () => this.#scheduleRenewal(),
    );
  }

  #scheduleRenewal(): void {
    clearTimeout(this.#renewal);
    const due = this.#options.tokens.dueIn();
    if (due === null || this.#state === 'closed') return;
    // It is not renewed at once, because renewing may just have failed.
    this.#renewal = setTimeout(() => this.#renew(), Math.min(Math.max(due, 5_000), LONGEST_TIMEOUT));
  }

  #close(): void {
    this.#connection?.close();
  }

  #closed(code: number): void {
    this.#state = 'closed';
    clearTimeout(this.#renewal);
    for (const stop of this.#unlisten.splice(0)) stop();
    this.#options.onAsk(undefined);
    this.#options.onConnection(undefined);
    if (this.#buffer.length > 0) this.#options.follower.receive(this.#buffer);
    this.#finish({ ...this.#end, tokenRefused: this.#end.tokenRefused || code === TOKEN_REFUSED });
  }
}
