import type { Connection, RequestPayload, Sink } from './connection.ts';

interface Request {
  readonly payload: RequestPayload;
  readonly sink: Sink;
  stop?: () => void;
}

/** Runs subscriptions beside the stream. Each is started again on every connection, until it ends or is stopped. */
export class Requests {
  readonly #requests = new Set<Request>();
  #connection: Connection | undefined;

  /** Sets the present connection. It is undefined after the connection has ended. */
  over(connection: Connection | undefined): void {
    this.#connection = connection;
    if (connection) for (const request of this.#requests) this.#ask(request, connection);
  }

  add(payload: RequestPayload, sink: Sink): () => void {
    const request: Request = { payload, sink };
    this.#requests.add(request);
    if (this.#connection) this.#ask(request, this.#connection);
    return () => {
      if (this.#requests.delete(request)) request.stop?.();
    };
  }

  #ask(request: Request, connection: Connection): void {
    const { payload, sink } = request;
    request.stop = connection.request(payload, {
      next: sink.next,
      error: (errors) => {
        if (this.#requests.delete(request)) sink.error(errors);
      },
      complete: () => {
        if (this.#requests.delete(request)) sink.complete();
      },
    });
  }
}
