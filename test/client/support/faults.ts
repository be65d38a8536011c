import { WebSocket as NodeWebSocket } from 'ws';

/** What the kit asks and tells by itself, whenever there is something to ask or tell. */
const BY_ITSELF = /Parley(MarkDelivered|MarkChatRead|ViewerStates|ReadReceipts)/;

/**
 * A `fetch` whose answers can be held back, or lost after the server has done the work. What the kit asks by itself passes,
 * and does not count.
 */
export class FaultyFetch {
  #held: (() => void)[] | undefined;
  #losing = 0;
  /** How many requests were made, and what they were. */
  asked = 0;
  readonly bodies: string[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const text = typeof init?.body === 'string' ? init.body : '';
    if (BY_ITSELF.test(text)) return fetch(input, init);
    this.asked++;
    this.bodies.push(text);
    const response = await fetch(input, init);
    // Read to its end, so that the work is surely done by the time the answer is lost or held.
    const body = await response.text();
    if (this.#losing > 0) {
      this.#losing--;
      throw new TypeError('The answer was lost');
    }
    const held = this.#held;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    return new Response(body, response);
  };

  hold(): void {
    this.#held = [];
  }

  /** How many answers wait. */
  get waiting(): number {
    return this.#held?.length ?? 0;
  }

  release(): void {
    for (const resolve of this.#held ?? []) resolve();
    this.#held = undefined;
  }

  lose(count: number): void {
    this.#losing = count;
  }
}

interface Sent {
  type: string;
  payload?: { authorization?: string; variables?: { since: { chatId: string; position: number }[] } };
}

type Listener = (event: object) => void;

/** WebSockets with faults: frames from the server that wait, come twice or never, closes with any code, no network. */
export class FaultyWire {
  readonly webSocketImpl: typeof WebSocket;
  /** What clients sent. */
  readonly sent: Sent[] = [];
  /** The server's frames come twice. */
  doubling = false;
  /** Nothing passes, and nobody is told: a connection that looks open. */
  dead = false;
  /** Connections fail. */
  down = false;
  #held: (() => void)[] | undefined;
  readonly #open = new Map<NodeWebSocket, Listener>();

  constructor() {
    const address = (url: string) => (this.down ? 'ws://127.0.0.1:1' : url);
    const deliver = (frame: () => void) => this.#deliver(frame);
    const opened = (socket: NodeWebSocket, closed: Listener) => this.#open.set(socket, closed);
    const passes = (data: string) => !this.dead && this.sent.push(JSON.parse(data) as Sent) > 0;

    class Faulty extends NodeWebSocket {
      constructor(url: string, protocol: string) {
        super(address(url), protocol);
      }

      // `ws` puts `onmessage = …` and `onclose = …` through here as well.
      override addEventListener(...[type, listener, options]: Parameters<NodeWebSocket['addEventListener']>): void {
        const call = listener as Listener;
        if (type === 'close') opened(this, call);
        const heard = type === 'message' ? (event: object) => deliver(() => call(event)) : call;
        super.addEventListener(type, heard, options);
      }

      override send(data: string): void {
        if (passes(data)) super.send(data);
      }
    }
    this.webSocketImpl = Faulty as unknown as typeof WebSocket;
  }

  /** What each subscription named in `since`. */
  get since(): { chatId: string; position: number }[][] {
    return this.sent.flatMap(({ type, payload }) =>
      type === 'subscribe' && payload?.variables ? [payload.variables.since] : [],
    );
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) frame();
  }

  /** Cuts every connection; with a code, as if the server had closed it with that. */
  drop(code?: number): void {
    for (const [socket, closed] of this.#open) {
      socket.onclose = null;
      socket.terminate();
      closed({ code: code ?? 1006, reason: 'Dropped' });
    }
    this.#open.clear();
  }

  #deliver(frame: () => void): void {
    if (this.dead) return;
    if (this.#held) this.#held.push(frame);
    else frame();
    if (this.doubling) frame();
  }
}
