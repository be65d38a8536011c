import WebSocket from 'ws';

export interface SocketHandlers {
  next(payload: { data?: Record<string, unknown> | null; errors?: unknown }): void;
  /** Called when the operation is refused or completed, or the socket is closed; the code is that of the close. */
  over(why: { refused?: unknown; code?: number }): void;
}

export interface Operation {
  port: number;
  token: string;
  query: string;
  variables?: Record<string, unknown>;
}

/**
 * One subscription on a socket of its own, without a client library, so that a test can drop or pause it at any moment.
 */
export class SubscriptionSocket {
  readonly #socket: WebSocket;

  constructor({ port, token, query, variables }: Operation, { next, over }: SocketHandlers) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    this.#socket = socket;
    const send = (message: object) => socket.send(JSON.stringify(message));
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    socket.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString()) as { type: string; payload?: never };
      if (type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query, variables } });
      else if (type === 'ping') send({ type: 'pong' });
      else if (type === 'next') next(payload!);
      else if (type === 'error') over({ refused: payload });
      else if (type === 'complete') over({});
    });
    // A close follows every error.
    socket.on('error', () => undefined);
    socket.on('close', (code) => over({ code }));
  }

  /** Stops reading, so that sent bytes stay in the buffers in between. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Drops the connection without a close frame, even before it is established. */
  drop(): void {
    this.#socket.terminate();
  }
}
