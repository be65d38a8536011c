import { contentOf } from './answer.ts';
import { SubscriberSocket, type LiveOperation } from './subscriber-socket.ts';

/** Number of sockets that are opened at the same time. */
const OPENING = 64;
const DEADLINE = 60_000;
/** graphql-ws does not acknowledge a subscription, so messages are sent at this interval until one arrives. */
const PROBE_EVERY = 200;
const PROBE = 'Probe';
const IN_STEP = 'In step';
const CAUGHT_UP = 'CaughtUp';

type OnContent = (socket: SubscriberSocket, content: string) => unknown;

export interface AudienceOptions {
  port: number;
  /** The access token of each subscriber. */
  tokens: readonly string[];
  operation: (subscriber: number) => LiveOperation;
  /** Whether the server reports with `CaughtUp` that a subscription is live. */
  announced?: boolean;
  /** Whether messages are read before they are counted, which costs CPU of the load generator. */
  reading?: boolean;
}

/** Sends messages to the chat that the audience listens to. Resolves when they have been handed over. */
export type Publish = (contents: readonly string[]) => Promise<unknown>;

/** Subscribers of one server. It counts what they receive, and checks that they receive everything. */
export class Audience {
  /** Number of messages that all of them have received since they were in step. */
  received = 0;
  /** Called for each message, with its number on its socket, from 0. */
  onArrival: ((nth: number) => void) | null = null;
  readonly #sockets: SubscriberSocket[] = [];
  /** Subscriptions that are known to be live. */
  readonly #live = new Set<SubscriberSocket>();
  #failure: Error | null = null;
  readonly #waiting = new Set<{ received: number; wake: () => void }>();
  /** The lowest count that somebody waits for. */
  #awaited = Number.POSITIVE_INFINITY;

  static async gather({
    port,
    tokens,
    operation,
    announced = false,
    reading = true,
  }: AudienceOptions): Promise<Audience> {
    const audience = new Audience();
    const sign = announced ? CAUGHT_UP : PROBE;
    const awaitLive: OnContent = (socket, content) => content === sign && audience.#live.add(socket);
    let next = 0;
    const openInTurn = async () => {
      for (let i; (i = next++) < tokens.length;) {
        const socket = await SubscriberSocket.open(port, tokens[i]!, operation(i), (error) => audience.#fail(error));
        socket.scanner.reading = reading;
        socket.onMessage = reading ? audience.#reader(awaitLive) : audience.#count;
        audience.#sockets.push(socket);
      }
    };
    await Promise.all(Array.from({ length: OPENING }, openInTurn));
    return audience;
  }

  get size(): number {
    return this.#sockets.length;
  }

  /** Waits until they have received this number of messages in all. */
  async until(received: number): Promise<void> {
    if (this.received < received) await this.#within(DEADLINE, received);
    if (this.#failure) throw this.#failure;
    if (this.received < received) throw new Error(`${received - this.received} of ${received} deliveries are missing.`);
  }

  /** Waits until every subscription is live and all earlier messages have arrived. Counting then begins again. */
  async getInStep(publish: Publish): Promise<void> {
    const deadline = Date.now() + DEADLINE;
    while (this.#live.size < this.size) {
      if (Date.now() > deadline) throw new Error(`${this.size - this.#live.size} subscriptions did not become live.`);
      await publish([PROBE]);
      await this.#within(PROBE_EVERY);
    }
    const behind = new Set(this.#sockets);
    this.#listen(
      true,
      this.#reader((socket, content) => content === IN_STEP && behind.delete(socket)),
    );
    await publish([IN_STEP]);
    const end = Date.now() + DEADLINE;
    while (behind.size > 0 && Date.now() < end) await this.#within(PROBE_EVERY);
    if (behind.size > 0) throw new Error(`${behind.size} of ${this.size} subscribers missed a message.`);
    this.startCounting();
  }

  /** Publishes messages and reads every byte of them. Each subscriber must receive each message once, in order. */
  async readAll(publish: Publish, contents: readonly string[]): Promise<void> {
    const got = new Map(this.#sockets.map((socket) => [socket, [] as string[]]));
    this.#listen(
      true,
      this.#reader((socket, content) => got.get(socket)!.push(content)),
    );
    await publish(contents);
    await this.until(this.size * contents.length);
    for (const read of got.values()) {
      if (read.join('\n') !== contents.join('\n')) throw new Error(`A subscriber got ${JSON.stringify(read)}.`);
    }
    this.startCounting();
  }

  startCounting(): void {
    this.#listen(false, this.#count);
  }

  /** Fails unless every subscriber has received exactly this number of messages, with the same number of bytes. */
  checkEach(messages: number): void {
    const [first] = this.#sockets;
    const odd = this.#sockets.filter(
      ({ received, scanner }) => received !== messages || scanner.bytes !== first!.scanner.bytes,
    );
    if (odd.length === 0) return;
    const got = `${odd[0]!.received} of ${odd[0]!.scanner.bytes} bytes`;
    throw new Error(`${odd.length} of ${this.size} subscribers did not get ${messages} messages, but e.g. ${got}.`);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  readonly #count = (socket: SubscriberSocket): void => {
    this.onArrival?.(socket.received - 1);
    if (++this.received >= this.#awaited) this.#wake();
  };

  #reader(onContent: OnContent): SubscriberSocket['onMessage'] {
    return (socket, payload) => {
      onContent(socket, contentOf(payload));
      this.#count(socket);
    };
  }

  #listen(reading: boolean, onMessage: SubscriberSocket['onMessage']): void {
    this.received = 0;
    for (const socket of this.#sockets) {
      socket.received = socket.scanner.bytes = 0;
      socket.scanner.reading = reading;
      socket.onMessage = onMessage;
    }
  }

  /** Waits until this number of messages has arrived, an error has occurred, or the time is over. */
  async #within(ms: number, received = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#failure) throw this.#failure;
    await new Promise<void>((resolve) => {
      const waiter = {
        received,
        wake: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.wake, ms);
      this.#waiting.add(waiter);
      this.#awaited = Math.min(this.#awaited, received);
    });
  }

  #wake(): void {
    this.#awaited = Number.POSITIVE_INFINITY;
    for (const { received, wake } of this.#waiting) {
      if (this.#failure || received <= this.received) wake();
      else this.#awaited = Math.min(this.#awaited, received);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
