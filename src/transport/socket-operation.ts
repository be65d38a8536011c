import type { ExecutionResult } from 'graphql';
import type { Subscriber } from '../delivery/delivery-listener.ts';
import type { Fanout, LiveArgs } from '../fanout/fanout.ts';
import type { SharedResult } from '../fanout/shared-result.ts';
import { AsyncQueue } from './async-queue.ts';
import type { OutboundSocket } from './outbound-socket.ts';

interface SocketTarget {
  id: string;
  socket: OutboundSocket;
}

/**
 * A subscription on a socket. Its results are written without graphql-ws, which iterates a queue that stays empty and
 * only ends: so completion, duplicate ids and disconnects remain with graphql-ws.
 */
export class SocketOperation implements Subscriber<SharedResult> {
  readonly #socket: OutboundSocket;
  readonly #head: string;
  readonly #untilOver = new AsyncQueue<never>({ onReturn: () => this.end() });
  #close = () => {};
  #isOver = false;

  private constructor({ id, socket }: SocketTarget) {
    this.#socket = socket;
    this.#head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`).toString('latin1');
  }

  /** The queue that graphql-ws iterates, or the errors of a refused operation. */
  static async subscribe(
    fanout: Fanout,
    args: LiveArgs,
    target: SocketTarget,
  ): Promise<AsyncQueue<never> | ExecutionResult> {
    const operation = new SocketOperation(target);
    const subscribed = await fanout.subscribe(args, operation);
    if (!('close' in subscribed)) return subscribed;
    operation.#close = subscribed.close;
    target.socket.operations.add(operation);
    return operation.#untilOver;
  }

  write(frame: SharedResult): void {
    if (!this.#isOver) this.#socket.sendReady(this.#head, frame.latin1, '}');
  }

  get isCongested(): boolean {
    return this.#socket.isCongested;
  }

  drained(): Promise<void> {
    return this.#socket.drained();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.operations.delete(this);
    this.#close();
    this.#untilOver.end();
  }
}
