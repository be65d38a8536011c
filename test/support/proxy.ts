import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  port: number;
  /** The same URL through the proxy, for PostgreSQL, Redis, HTTP and WebSocket. */
  through(url: string): string;
  /** Cuts the network: ends every connection with a RST, and every new one at once. */
  cut(): void;
  heal(): void;
  /**
   * Half-opens the network: connections stay, and new ones are accepted, but no byte passes in either direction, nor a
   * FIN.
   */
  freeze(): void;
  /** Ends `freeze`: the bytes that were sent meanwhile arrive. */
  thaw(): void;
  /** Connections stay, and new ones are accepted, but sent bytes are lost for good. After `heal` new bytes pass. */
  swallow(): void;
  /** The present connections stay open but never pass anything again, as if their peer had died. New ones work. */
  forget(): void;
  close(): Promise<void>;
}

/** A TCP proxy on a port of its own, which breaks connections without changing either end. */
export async function startProxy({ target }: { target: { host: string; port: number } }): Promise<Proxy> {
  const links = new Set<Link>();
  let state: 'open' | 'cut' | 'frozen' | 'swallowing' = 'open';

  // Half-open is allowed, so that only the pipe passes an end on, and does not do so while frozen.
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
    if (state === 'cut') return void client.resetAndDestroy();
    const link = createLink(client, connect({ ...target, allowHalfOpen: true }));
    links.add(link);
    void link.closed.then(() => links.delete(link));
    if (state === 'open') link.flow();
    if (state === 'swallowing') link.swallow();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  function cut() {
    state = 'cut';
    for (const link of links) link.reset();
  }

  function open() {
    if (state !== 'cut') for (const link of links) link.flow();
    state = 'open';
  }

  return {
    port,
    through(url) {
      const proxied = new URL(url);
      proxied.hostname = '127.0.0.1';
      proxied.port = String(port);
      return proxied.href;
    },
    cut,
    heal: open,
    freeze() {
      state = 'frozen';
      for (const link of links) link.halt();
    },
    thaw: open,
    swallow() {
      state = 'swallowing';
      for (const link of links) link.swallow();
    },
    forget() {
      for (const link of links) link.forget();
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

type Link = ReturnType<typeof createLink>;

function createLink(client: Socket, upstream: Socket) {
  const ends = [client, upstream];
  const reset = () => ends.forEach((end) => end.resetAndDestroy());
  for (const end of ends) end.on('error', reset); // an error of one end also resets the other
  let forgotten = false;
  // `pause()` alone is not enough, because a pipe whose destination drains would resume it.
  const halt = () => ends.forEach((end) => end.unpipe().pause());
  const swallow = () => ends.forEach((end) => end.unpipe().resume());
  return {
    reset,
    closed: Promise.all(ends.map((end) => new Promise((resolve) => end.once('close', resolve)))),
    flow() {
      if (forgotten) return;
      halt();
      carry(client, upstream);
      carry(upstream, client);
    },
    halt,
    swallow,
    forget() {
      forgotten = true;
      swallow();
    },
  };
}

function carry(from: Socket, to: Socket) {
  if (from.readableEnded)
    to.end(); // the end came while frozen
  else from.pipe(to);
}
