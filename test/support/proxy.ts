import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  port: number;
  /** The same URL, by way of the proxy: for PostgreSQL, Redis, HTTP and WebSocket alike. */
  through(url: string): string;
  /** Breaks the cable: ends every connection with a RST, and every new one as soon as it is made. */
  cut(): void;
  heal(): void;
  /** Half open: connections stay, are even made, and not a byte gets through in either direction, no FIN either. */
  freeze(): void;
  /** What was sent while frozen arrives now. */
  thaw(): void;
  /** Connections stay, are even made, and what is sent is lost for good: after `heal` they carry what is sent then. */
  swallow(): void;
  /** The present connections stay open and never carry anything again, as where their peer has died. New ones work. */
  forget(): void;
  close(): Promise<void>;
}

/** A TCP proxy on a port of its own, to break a connection without touching either end. */
export async function startProxy({ target }: { target: { host: string; port: number } }): Promise<Proxy> {
  const links = new Set<Link>();
  let state: 'open' | 'cut' | 'frozen' | 'swallowing' = 'open';

  // Half open, so that an end is passed on by the pipe alone, and not while frozen.
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
  for (const end of ends) end.on('error', reset); // the failure of one end is the other's
  let forgotten = false;
  // Not pause() alone: a pipe whose destination drains would resume it.
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
    to.end(); // it ended while frozen
  else from.pipe(to);
}
