import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import type { Fanout, LiveArgs } from '../fanout/fanout.ts';
import type { Frame } from '../fanout/frame.ts';
import type { Sink } from '../fanout/subscriber.ts';

/** Subscriptions over Server-Sent Events join the same groups as those over WebSocket. */
export function liveSse(fanout: Fanout, maxBufferedBytes: number): Plugin<Context> & { stop(): void } {
  const operations = new Set<SseOperation>();
  return {
    onSubscribe: ({ setSubscribeFn }) =>
      setSubscribeFn((args) => SseOperation.subscribe(fanout, args as LiveArgs, maxBufferedBytes, operations)),

    /** Cuts the streams, so that their clients come back elsewhere: a completed one would not. */
    stop() {
      for (const operation of operations) operation.fail(new Error('The server is restarting.'));
    },
  };
}

/**
 * A subscription whose response is written by Yoga: it yields frames, which Yoga takes for results that bring their
 * own `stringify`.
 */
class SseOperation implements Sink, AsyncGenerator<Frame, void, void> {
  readonly #maxBufferedBytes: number;
  readonly #operations: Set<SseOperation>;
  #frames: Frame[] = [];
  #buffered = 0;
  #over: { error?: Error } | undefined;
  #wake = () => {};
  #drained = () => {};
  #close = () => {};
  #expiry: NodeJS.Timeout | undefined;

  private constructor(maxBufferedBytes: number, operations: Set<SseOperation>) {
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#operations = operations;
  }

  static async subscribe(
    fanout: Fanout,
    args: LiveArgs,
    maxBufferedBytes: number,
    operations: Set<SseOperation>,
  ): Promise<SseOperation | ExecutionResult> {
    const operation = new SseOperation(maxBufferedBytes, operations);
    const subscribed = await fanout.subscribe(args, operation);
    if (!('close' in subscribed)) return subscribed;
    operation.#close = subscribed.close;
    operations.add(operation);
    const { identity } = args.contextValue.viewer;
    if (identity.is === 'user' && identity.expiresAt) {
      const left = identity.expiresAt.getTime() - Date.now();
      operation.#expiry = setTimeout(() => operation.fail(new Error('The access token has expired.')), left);
    }
    return operation;
  }

  write(frame: Frame): void {
    if (this.#over) return;
    this.#frames.push(frame);
    this.#buffered += frame.json.length;
    this.#wake();
    if (this.#buffered > this.#maxBufferedBytes) this.fail(new Error('Too slow: come back and resume.'));
  }

  async drained(): Promise<void> {
    while (this.#frames.length > 0 && !this.#over) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  end(): void {
    this.#finish({});
  }

  /** Breaks the response off, which its client takes for a lost connection. */
  fail(error: Error): void {
    this.#frames = [];
    this.#finish({ error });
  }

  async next(): Promise<IteratorResult<Frame, void>> {
    while (this.#frames.length === 0 && !this.#over) await new Promise<void>((resolve) => (this.#wake = resolve));
    const frame = this.#frames.shift();
    if (frame) {
      this.#buffered -= frame.json.length;
      this.#drained();
      return { done: false, value: frame };
    }
    if (this.#over?.error) throw this.#over.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<Frame, void>> {
    this.#frames = [];
    this.#finish({});
    return { done: true, value: undefined };
  }

  throw(): Promise<IteratorResult<Frame, void>> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(over: { error?: Error }): void {
    if (this.#over) return;
    this.#over = over;
    clearTimeout(this.#expiry);
    this.#operations.delete(this);
    this.#close();
    this.#wake();
    this.#drained();
  }
}
