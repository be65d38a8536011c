import type { Database } from '../../src/database/open.ts';
import { FaultyBroker, type Fate } from '../support/faulty-pubsub.ts';
import { startTestServer } from '../support/app.ts';

/** Two servers and the broker between them, as a history needs them. */
export interface Cluster {
  /** Begins a history without faults. The seed decides what the broker does. */
  begin(seed: number): void;
  /** The port of a server; null while it is dead. */
  port(server: number): number | null;
  /** Kills a server at once, and starts another in its place. */
  kill(server: number): Promise<void>;
  /** Publishes as a third server would. */
  publish(channel: string, payload: string): void;
  stopRedis(): Promise<void>;
  startRedis(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the cluster in this process, with a broker that loses, doubles, delays and reorders. */
export async function startClusterInProcess(database: Database): Promise<Cluster> {
  const broker = new FaultyBroker();
  const start = async () => {
    const pubsub = broker.connect();
    return { pubsub, server: await startTestServer({ database, pubsub, reconcileMs: 50, shutdownMs: 0 }) };
  };
  const servers: (Awaited<ReturnType<typeof start>> | null)[] = [await start(), await start()];
  const ending: Promise<void>[] = [];
  const another = broker.connect();

  return {
    begin(seed) {
      broker.fate = fateOf(seed);
      broker.start();
    },
    port: (index) => servers[index]?.server.app.port ?? null,
    async kill(index) {
      const dead = servers[index];
      if (!dead) return;
      servers[index] = null;
      await dead.pubsub.close();
      ending.push(dead.server.stop());
      servers[index] = await start();
    },
    publish: another.publish,
    stopRedis: async () => broker.stop(),
    startRedis: async () => broker.start(),
    async stop() {
      await Promise.all([...ending, ...servers.map((running) => running?.server.stop())]);
      broker.close();
    },
  };
}

/**
 * Half of all payloads arrive normally. The others are lost, doubled, or late, some of them later than a feed waits for
 * a gap.
 */
function fateOf(seed: number): Fate {
  let state = seed;
  const next = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const fates: (() => number[])[] = [
    () => [0],
    () => [0],
    () => [0],
    () => [0],
    () => [],
    () => [0, next() % 40],
    () => [next() % 20],
    () => [next() % 80],
  ];
  return () => fates[next() % fates.length]!();
}
