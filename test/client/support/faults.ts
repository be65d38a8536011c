import { WebSocket as NodeWebSocket } from 'ws';

/** Operations that the kit sends by itself at any time. */
const BY_ITSELF = /Parley(MarkDelivered|MarkChatRead|ViewerStates|ReadReceipts)/;

/**
 * A `fetch` whose responses can be held back, or lost after the server has done the work. Operations that the kit sends
 * by itself pass and do not count.
 */
export class FaultyFetch {
  #held: (() => void)[] | undefined;
  #losing = 0;
  /** The number of requests. */
  asked = 0;
  readonly bodies: string[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const text = typeof init?.body === 'string' ? init.body : '';
    if (BY_ITSELF.test(text)) return fetch(input, init);
    this.asked++;
    this.bodies.push(text);
    const response = await fetch(input, init);
    // The response is read to its end, so that the server has surely done the work.
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

  /** The number of responses that are held back. */
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

/**
 * WebSockets with faults: frames from the server that wait, are repeated or lost, closes with any code, and no network.
 */
export class FaultyWire {
  readonly webSocketImpl: typeof WebSocket;
  /** The frames that clients sent. */
  readonly sent: Sent[] = [];
  /** Whether each frame of the server arrives twice. */
  doubling = false;
  /** Whether nothing passes, without any notice: the connection looks open. */
  dead = false;
  /** Whether new connections fail. */
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

      // `ws` also calls this for `onmessage = …` and `onclose = …`.
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

  /** The `since` of each subscription. */
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

  /** Closes every connection; with a code, as if the server had closed it. */
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
