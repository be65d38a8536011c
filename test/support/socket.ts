import WebSocket from 'ws';

export interface SocketHandlers {
  next(payload: { data?: Record<string, unknown> | null; errors?: unknown }): void;
  /** Refused, completed or closed; the code is of the close. */
  over(why: { refused?: unknown; code?: number }): void;
}

export interface Operation {
  port: number;
  token: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** One subscription on a socket of its own, without a client library: it can be dropped or paused at any moment. */
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
    // It ends with a close in any case.
    socket.on('error', () => undefined);
    socket.on('close', (code) => over({ code }));
  }

  /** Stops reading, so that what is sent stays in the buffers on the way. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Drops the connection without a word, also before it is made. */
  drop(): void {
    this.#socket.terminate();
  }
}
