/**
 * A subscriber for ephemeral items. It drops them while its connection is congested, so that they never overflow it.
 * When the connection has drained, the host is told that items were lost.
 */
import type { Subscriber } from './delivery-listener.ts';

interface Host {
  onDropped(): void;
  /** Called when the connection takes items again after some were dropped. */
  onRecovered(): void;
}

export class LossySubscriber<Rendered> implements Subscriber<Rendered> {
  readonly #inner: Subscriber<Rendered>;
  readonly #host: Host;
  #hasLost = false;

  constructor(inner: Subscriber<Rendered>, host: Host) {
    this.#inner = inner;
    this.#host = host;
  }

  get isCongested(): boolean {
    return this.#inner.isCongested;
  }

  write(rendered: Rendered): void {
    if (!this.#hasLost && !this.#inner.isCongested) return this.#inner.write(rendered);
    this.#host.onDropped();
    if (this.#hasLost) return;
    this.#hasLost = true;
    void this.#inner.drained().then(() => {
      this.#hasLost = false;
      this.#host.onRecovered();
    });
  }

  drained(): Promise<void> {
    return this.#inner.drained();
  }

  end(): void {
    this.#inner.end();
  }
}
