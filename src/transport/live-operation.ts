import type { ExecutionResult } from 'graphql';
import type { Fanout, LiveArgs } from '../fanout/fanout.ts';
import type { Frame } from '../fanout/frame.ts';
import type { Sink } from '../fanout/subscriber.ts';
import type { OutboundSocket } from './outbound-socket.ts';

interface SocketOperation {
  id: string;
  socket: OutboundSocket;
}

/**
 * A subscription on a socket. Its results are written past graphql-ws; the iterator that graphql-ws waits on yields
 * nothing and only ends, so that completion, duplicate ids and disconnects stay graphql-ws' business.
 */
export class LiveOperation implements Sink, AsyncGenerator<never, void, void> {
  readonly #socket: OutboundSocket;
  readonly #head: string;
  #close = () => {};
  #ended = false;
  #onEnd = () => {};

  private constructor({ id, socket }: SocketOperation) {
    this.#socket = socket;
    this.#head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`).toString('latin1');
  }

  /** The operation, or why it is refused. */
  static async subscribe(
    fanout: Fanout,
    args: LiveArgs,
    operation: SocketOperation,
  ): Promise<LiveOperation | ExecutionResult> {
    const live = new LiveOperation(operation);
    const subscribed = await fanout.subscribe(args, live);
    if (!('close' in subscribed)) return subscribed;
    live.#close = subscribed.close;
    operation.socket.operations.add(live);
    return live;
  }

  write(frame: Frame): void {
    if (!this.#ended) this.#socket.sendReady(this.#head, frame.latin1, '}');
  }

  drained(): Promise<void> {
    return this.#socket.drained();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.operations.delete(this);
    this.#close();
    this.#onEnd();
  }

  async next(): Promise<IteratorResult<never, void>> {
    if (!this.#ended) await new Promise<void>((resolve) => (this.#onEnd = resolve));
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<never, void>> {
    this.end();
    return { done: true, value: undefined };
  }

  async throw(): Promise<IteratorResult<never, void>> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
