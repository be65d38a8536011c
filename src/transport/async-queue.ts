export interface QueueOptions<T> {
  /** Called when the reader has ended the iteration. */
  onReturn: () => void;
  /** The weight of a value, in any unit. */
  weigh?: (value: T) => number;
}

/**
 * A queue that one side fills and one reader iterates: Yoga for Server-Sent Events, graphql-ws for a socket. It is
 * unbounded, so the side that fills it must watch its weight. It never throws, because Yoga would send the error and
 * ask again.
 */
export class AsyncQueue<T> implements AsyncGenerator<T, void, void> {
  #values: T[] = [];
  #isOver = false;
  /** The sum of the weights of all values in the queue. */
  #weight = 0;
  readonly #options: QueueOptions<T>;
  #wakeReader = () => {};
  #whenDrained: (() => void)[] = [];

  constructor(options: QueueOptions<T>) {
    this.#options = options;
  }

  get weight(): number {
    return this.#weight;
  }

  push(value: T): void {
    if (this.#isOver) return;
    this.#values.push(value);
    this.#weight += this.#options.weigh?.(value) ?? 0;
    this.#wakeReader();
  }

  /** Ends the queue. The reader still gets the values that are in it. */
  end(): void {
    this.#isOver = true;
    this.#wakeReader();
    this.#releaseDrained();
  }

  clear(): void {
    this.#values = [];
    this.#weight = 0;
    this.#releaseDrained();
  }

  /** Resolves when all values have been taken, or the queue is over. */
  async drained(): Promise<void> {
    if (this.#values.length === 0 || this.#isOver) return;
    await new Promise<void>((resolve) => this.#whenDrained.push(resolve));
  }

  async next(): Promise<IteratorResult<T, void>> {
    while (this.#values.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    if (this.#values.length === 0) return { done: true, value: undefined };
    const value = this.#values.shift() as T;
    this.#weight -= this.#options.weigh?.(value) ?? 0;
    if (this.#values.length === 0) this.#releaseDrained();
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.clear();
    this.#options.onReturn();
    this.end();
    return { done: true, value: undefined };
  }

  throw(): Promise<IteratorResult<T, void>> {
    return this.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #releaseDrained(): void {
    for (const resolve of this.#whenDrained.splice(0)) resolve();
  }
}
