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
 * - `connecting`: the stream starts, or the connection was just lost
 * - `catching up`: it is connected, and missed events are arriving
 * - `live`: events arrive as they happen
 * - `offline`: it is stopped, nobody is signed in, or the server cannot be reached; in this last case it tries again
 */
export type ConnectionState = 'offline' | 'connecting' | 'catching up' | 'live';

export interface EventStreamOptions<Item> {
  /** An address with ws: or wss:. */
  url: string;
  tokens: Tokens;
  /** A subscription of `events(since: $since, viewerStateSince: $viewerStateSince)`, with `__typename` everywhere the cache needs it. */
  document: string;
  /** The signed-in user's id. If it is absent, the server is asked. */
  viewerId?: string | undefined;
  /** The positions at which a persisted cache is. */
  positions?: KeptPositions | undefined;
  /** Updates the cache, before listeners are called. */
  apply(items: readonly Item[]): void;
  /** Called with an error that a retry cannot repair, such as an invalid document. Default: console.error. */
  onFault?: ((fault: Error) => void) | undefined;
  webSocketImpl?: typeof WebSocket | undefined;
}

export interface EventStream<Item> extends Readable<ConnectionState> {
  /** Starts the stream. Starts are counted: it runs until `stop` has been called as often. */
  start(): void;
  stop(): void;
  /**
   * For adapters: runs another subscription over the same socket. It waits for a connection, and is started again on
   * each.
   */
  request(payload: RequestPayload, sink: Sink): () => void;
  /** Calls the listener with each item once, after the cache shows it. Returns a function that removes the listener. */
  onItem(listener: (item: Item) => void): () => void;
  /** The positions to store beside a persisted cache. */
  readonly positions: Positions;
  /** For adapters: reports that a result showed this chat as of this position. */
  read(chatId: string, position: number): void;
  /** The signed-in user's id; undefined until it is known. */
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
        running = undefined; // the next `start` tries again
        break;
      }
      if (end?.lived) attempt = 0;
      state.set(end?.lived ? 'connecting' : 'offline');
      if (end?.tokenRefused && token) await tokens.replace(token).catch(() => undefined);
      await pause(backoff(attempt), signal);
    }
    if (!running) state.set('offline'); // otherwise it was started again, and the state is that of the new run
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

/** Resolves when somebody signs in. Token sources without `subscribe` are asked from time to time. */
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
