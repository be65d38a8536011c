import {
  createClient,
  type Client,
  type ClientOptions,
  type FormattedExecutionResult,
  type SubscribePayload,
} from 'graphql-ws';
import WebSocket from 'ws';
import { until } from './until.ts';

export type Result = FormattedExecutionResult<Record<string, unknown>, unknown>;

/** A subscription as a test sees it: its results in order, and whether it has ended. */
export class TestStream {
  readonly results: Result[] = [];
  over = false;
  error: unknown;
  #stop = () => {};

  static open(
    client: Client,
    query: string,
    variables: Record<string, unknown> = {},
    more: Pick<SubscribePayload, 'operationName' | 'extensions'> = {},
  ): TestStream {
    const stream = new TestStream();
    stream.#stop = client.subscribe(
      { query, variables, ...more },
      {
        next: (result) => void stream.results.push(result),
        error: (error) => {
          stream.error = error;
          stream.over = true;
        },
        complete: () => (stream.over = true),
      },
    );
    return stream;
  }

  /** Opens a stream over Server-Sent Events. */
  static openSse(url: string, token: string, query: string): TestStream {
    const stream = new TestStream();
    const abort = new AbortController();
    stream.#stop = () => abort.abort();
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    };
    void fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }), signal: abort.signal })
      .then(async ({ body }) => {
        let text = '';
        for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
          const messages = (text + chunk).split('\n\n');
          text = messages.pop()!;
          for (const message of messages) {
            const data = /^event: next\ndata: (.*)$/m.exec(message)?.[1];
            if (data) stream.results.push(JSON.parse(data) as Result);
          }
        }
      })
      .catch((error: unknown) => (stream.error = error))
      .finally(() => (stream.over = true));
    return stream;
  }

  /** The results of the subscription's only field, in order. */
  get items(): Record<string, unknown>[] {
    return this.results.flatMap(({ data }) => (data ? (Object.values(data) as Record<string, unknown>[]) : []));
  }

  /** Waits for an item, and returns the first that fits. */
  async item(fits: (item: Record<string, unknown>) => boolean, what = 'an item'): Promise<Record<string, unknown>> {
    await until(
      () => this.items.some(fits),
      () => `${what}; there are ${JSON.stringify(this.results)}`,
    );
    return this.items.find(fits)!;
  }

  /** Waits until there are this many items. */
  async count(count: number): Promise<Record<string, unknown>[]> {
    await until(
      () => this.items.length >= count,
      () => `${count} items; there are ${JSON.stringify(this.results)}`,
    );
    return this.items;
  }

  /** Waits for `CaughtUp` of `events`: all later events are then received. */
  async caughtUp(): Promise<this> {
    await this.item(({ __typename }) => __typename === 'CaughtUp');
    return this;
  }

  async end(): Promise<void> {
    await until(
      () => this.over,
      () => `the end of the stream; it got ${JSON.stringify(this.results)}`,
    );
  }

  stop(): void {
    this.#stop();
  }
}

/** A graphql-ws client that does not retry, so that a test sees every close. */
export function socketClient(port: number, token: string | null, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    lazy: true,
    retryAttempts: 0,
    ...(token !== null && { connectionParams: { authorization: `Bearer ${token}` } }),
    ...options,
  });
}
