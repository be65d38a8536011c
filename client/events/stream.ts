import { backoff, pause } from '../backoff.ts';
import type { Tokens } from '../session/tokens.ts';
import { createStore, type Readable } from '../store.ts';
import { Attempt } from './attempt.ts';
import type { Connection, RequestPayload, Sink } from './connection.ts';
import { pacingUnknown } from './pacing.ts';
import { Requests } from './requests.ts';
import { Follower } from './follower.ts';
import type { StreamItemLike } from './items.ts';
import type { KeptPositions, Positions } from './positions.ts';

/**
 * - `connecting`: starting, or the connection was just lost
 * - `catching up`: connected; what happened meanwhile is coming in
 * - `live`: everything that happens is seen as it happens
 * - `offline`: signed out, stopped, or the server cannot be reached; in this last case it goes on trying
 */
export type ConnectionState = 'offline' | 'connecting' | 'catching up' | 'live';

export interface EventStreamOptions<Item> {
  /** ws: or wss:. */
  url: string;
  tokens: Tokens;
  /** A subscription of `events(since: $since, viewerStateSince: $viewerStateSince)`, with `__typename` everywhere the cache needs it. */
  document: string;
  /** Asked from the server when absent. */
  viewerId?: string | undefined;
  /** How far a cache that outlived the page is known. */
  positions?: KeptPositions | undefined;
  /** Bring the cache up to date, before listeners hear of it. */
  apply(items: readonly Item[]): void;
  /** A mistake that trying again does not mend, such as an invalid document. Default: console.error. */
  onFault?: ((fault: Error) => void) | undefined;
  webSocketImpl?: typeof WebSocket | undefined;
}

export interface EventStream<Item> extends Readable<ConnectionState> {
  /** Starts are counted: it runs until each has its stop. */
  start(): void;
  stop(): void;
  /** For adapters: another subscription over the same socket. It waits for a connection and is asked anew on each. */
  request(payload: RequestPayload, sink: Sink): () => void;
  /** Each item once, after the cache shows it. Returns the way to stop listening. */
  onItem(listener: (item: Item) => void): () => void;
  /** To be kept beside a persisted cache. */
  readonly positions: Positions;
  /** For adapters: an answer showed this chat as of this position. */
  read(chatId: string, position: number): void;
  /** Undefined until known. */
  viewerId(): string | undefined;
}

export function createEventStream<Item extends StreamItemLike>(options: EventStreamOptions<Item>): EventStream<Item> {
  const { tokens, onFault = console.error } = options;
  const state = createStore<ConnectionState>('offline');
  const listeners = new Set<(item: Item) => void>();
  let viewerId = options.viewerId;
  let running: AbortController | undefined;
  let users = 0;
  let askAnew: (() => void) | undefined;
  const requests = new Requests();

  const follower = new Follower<Item>({
    positions: options.positions,
    viewerId: () => viewerId,
    apply: pacingUnknown(options.apply),
    announce(item) {
      for (const listener of [...listeners]) listener(item);
    },
  });

  function attemptWith(token: string, signal: AbortSignal) {
    const attempt = new Attempt<Item>({
      ...options,
      token,
      signal,
      follower,
      viewerId: () => viewerId,
      onViewer: (id) => (viewerId = id),
      onState: state.set,
      onAsk: (ask) => (askAnew = ask),
      onConnection: (connection: Connection | undefined) => requests.over(connection),
    });
    return attempt.start().ended;
  }

  async function follow(signal: AbortSignal): Promise<void> {
    state.set('connecting');
    for (let attempt = 0; !signal.aborted; attempt++) {
      const token = await tokens.fresh().catch(() => undefined);
      if (signal.aborted) break;
      if (token === null) {
        state.set('offline');
        await signInOf(tokens, signal);
        attempt = -1;
        continue;
      }
      const end = token === undefined ? undefined : await attemptWith(token, signal);
      if (end?.fault) {
        onFault(end.fault);
        running = undefined; // `start` tries again
        break;
      }
      if (end?.lived) attempt = 0;
      state.set(end?.lived ? 'connecting' : 'offline');
      if (end?.tokenRefused && token) await tokens.replace(token).catch(() => undefined);
      await pause(backoff(attempt), signal);
    }
    if (!running) state.set('offline'); // else it was stopped and started again: the state is the new run's
  }

  return {
    getSnapshot: state.getSnapshot,
    subscribe: state.subscribe,
    start() {
      users++;
      if (running) return;
      running = new AbortController();
      void follow(running.signal);
    },
    stop() {
      users = Math.max(0, users - 1);
      if (users > 0) return;
      running?.abort();
      running = undefined;
      state.set('offline');
    },
    onItem(listener) {
      const own = (item: Item) => listener(item);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    positions: follower.positions,
    read(chatId, position) {
      if (!follower.resultRead(chatId, position)) askAnew?.();
    },
    request: (payload, sink) => requests.add(payload, sink),
    viewerId: () => viewerId,
  };
}

/** Until somebody signs in. Sources that do not tell are asked now and then. */
function signInOf(tokens: Tokens, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = tokens.subscribe(done);
    function done(): void {
      stop();
      resolve();
    }
    void pause(30_000, signal).then(done);
  });
}
