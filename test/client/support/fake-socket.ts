interface Frame {
  type: string;
  id?: string;
  payload?: Record<string, unknown>;
}

/** A WebSocket without a network. The test takes the part of the server. */
export class FakeSocket {
  /** All sockets that were opened, oldest first. */
  static opened: FakeSocket[] = [];

  static get last(): FakeSocket {
    const last = FakeSocket.opened.at(-1);
    if (!last) throw new Error('No socket was opened');
    return last;
  }

  readonly OPEN = 1;
  readyState = 0;
  readonly sent: Frame[] = [];
  /** Whether it answers no pings. */
  silent = false;
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor() {
    FakeSocket.opened.push(this);
  }

  send(data: string): void {
    const frame = JSON.parse(data) as Frame;
    this.sent.push(frame);
    if (frame.type === 'ping' && !this.silent) queueMicrotask(() => this.say({ type: 'pong' }));
  }

  close(code = 1000): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }

  /** Accepts the connection, as the server. */
  accept(): this {
    this.readyState = 1;
    this.onopen?.();
    this.say({ type: 'connection_ack' });
    return this;
  }

  say(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** Sends the next item of the newest subscription, as the server. */
  item(item: object): void {
    this.say({ type: 'next', id: this.asked.at(-1)?.id ?? '', payload: { data: { events: item } } });
  }

  refuse(code: string | undefined): void {
    const errors = [{ message: 'No', ...(code && { extensions: { code } }) }];
    this.say({ type: 'error', id: this.asked.at(-1)?.id ?? '', payload: errors as never });
  }

  caughtUp(): void {
    this.item({ __typename: 'CaughtUp' });
  }

  /** The subscriptions that the client has sent. */
  get asked(): Frame[] {
    return this.sent.filter(({ type }) => type === 'subscribe');
  }

  /** The `since` of the newest subscription. */
  get since(): unknown {
    return (this.asked.at(-1)?.payload?.['variables'] as { since: unknown }).since;
  }

  /** The token with which the connection began. */
  get token(): unknown {
    return this.sent.find(({ type }) => type === 'connection_init')?.payload?.['authorization'];
  }
}
