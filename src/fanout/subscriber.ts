import type { Identity } from '../context.ts';
import type { StreamItem } from '../events/catalogue.ts';
import type { Outlet, Subscriber } from '../events/seat.ts';
import type { Frame } from './frame.ts';
import type { Operation } from './operation.ts';

/** Where the frames of one operation leave: a WebSocket's operation or an SSE response. */
export interface Sink {
  write(frame: Frame): void;
  /** Resolves when the connection can take more. */
  drained(): Promise<void>;
  /** The stream is over. */
  end(): void;
}

/** One operation of one viewer. */
export class LiveSubscriber implements Subscriber<Frame> {
  readonly outlet: Outlet;
  readonly #operation: Operation;
  readonly #viewer: Identity;
  readonly #sink: Sink;

  constructor(outlet: Outlet, operation: Operation, viewer: Identity, sink: Sink) {
    this.outlet = outlet;
    this.#operation = operation;
    this.#viewer = viewer;
    this.#sink = sink;
  }

  async render(items: readonly StreamItem[]): Promise<(Frame | null)[]> {
    return (await this.#operation.render(items, this.#viewer)).map(({ frame }) => frame);
  }

  write(frame: Frame): void {
    this.#sink.write(frame);
  }

  drained(): Promise<void> {
    return this.#sink.drained();
  }

  end(): void {
    this.#sink.end();
  }
}
