/**
 * One WebSocket that speaks graphql-transport-ws, from opening to closing. The client of graphql-ws reconnects by
 * itself, repeats the variables of the first time, and takes some close codes as final. Here every connection is a new
 * one, and the stream alone decides what follows its end.
 */
export interface Connection {
  /** Starts an operation whose results go to the sink. Returns a function that stops it. */
  request(payload: RequestPayload, sink: Sink): () => void;
  /** Renews the token of the connection. Its streams go on. */
  authorise(token: string): void;
  /** Sends a ping now. After a sleep a socket may look open although the connection is lost. */
  probe(): void;
  close(): void;
}

export interface RequestPayload {
  query: string;
  variables?: Record<string, unknown>;
}

export interface Sink {
  next(result: { data?: unknown; errors?: readonly GraphQLErrorLike[] }): void;
  error(errors: readonly GraphQLErrorLike[]): void;
  complete(): void;
}

export interface GraphQLErrorLike {
  message: string;
  extensions?: { code?: unknown };
}

export interface ConnectionOptions {
  url: string;
  token: string;
  webSocketImpl?: typeof WebSocket | undefined;
  onReady(connection: Connection): void;
  /** Called once, whatever the reason, also if the connection was never opened. */
  onClosed(code: number, reason: string): void;
}

/** Milliseconds after which opening a connection is given up. */
const CONNECT_MS = 10_000;
/** Milliseconds of silence after which a ping is sent. */
const SILENCE_MS = 10_000;
/** Milliseconds without an answer to the ping after which the connection counts as lost. */
const PONG_MS = 5_000;

const TIMED_OUT = 4408;

interface Frame {
  type: string;
  id?: string;
  payload?: unknown;
}

export function openConnection(options: ConnectionOptions): Connection {
  const socket = new (options.webSocketImpl ?? WebSocket)(options.url, 'graphql-transport-ws');
  const sinks = new Map<string, Sink>();
  let ids = 0;
  let over = false;
  let timer = setTimeout(() => end(TIMED_OUT, 'Connecting took too long'), CONNECT_MS);

  function end(code: number, reason: string): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    sinks.clear();
    // The closing handshake is not awaited, because a broken network does not answer it.
    if (socket.readyState <= socket.OPEN) socket.close(1000);
    options.onClosed(code, reason);
  }

  function send(frame: Frame): void {
    if (!over && socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  }

  function alive(): void {
    clearTimeout(timer);
    timer = setTimeout(connection.probe, SILENCE_MS);
  }

  const connection: Connection = {
    request(payload, sink) {
      const id = String(++ids);
      sinks.set(id, sink);
      send({ type: 'subscribe', id, payload });
      return () => {
        if (sinks.delete(id)) send({ type: 'complete', id });
      };
    },
    authorise: (token) => send({ type: 'ping', payload: { authorization: `Bearer ${token}` } }),
    probe() {
      send({ type: 'ping' });
      clearTimeout(timer);
      timer = setTimeout(() => end(TIMED_OUT, 'No sign of life'), PONG_MS);
    },
    close: () => end(1000, 'Closed by the client'),
  };

  socket.onopen = () => send({ type: 'connection_init', payload: { authorization: `Bearer ${options.token}` } });
  socket.onclose = (event) => end(event.code, event.reason);
  socket.onerror = () => undefined; // `close` follows, with a reason
  socket.onmessage = ({ data }) => {
    if (over) return;
    const { type, id = '', payload } = JSON.parse(data as string) as Frame;
    const sink = sinks.get(id);
    switch (type) {
      case 'connection_ack':
        alive();
        return options.onReady(connection);
      case 'ping':
        alive();
        return send({ type: 'pong', payload });
      case 'next':
        alive();
        return sink?.next(payload as Parameters<Sink['next']>[0]);
      case 'error':
        sinks.delete(id);
        return sink?.error(payload as GraphQLErrorLike[]);
      case 'complete':
        sinks.delete(id);
        return sink?.complete();
      default:
        return alive(); // a pong
    }
  };
  return connection;
}
