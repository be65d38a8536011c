import type { Bench } from '../bench.ts';
import { rowId } from '../database.ts';
import { Audience } from '../load/audience.ts';
import type { MeasuredOperation } from '../operations.ts';
import { loadCpuSeconds, type ServerProcess } from '../server-process.ts';
import { wireOf, type SystemName } from '../systems.ts';

/** Contents are ASCII, as most chat is, and of one length, so that all messages of a run cost the same. */
const contentOf = (n: number) =>
  `Message ${String(n).padStart(8, '0')}: shall we meet at the usual place at half past seven, or is that too early?`;
let written = 0;
const contentsOf = (count: number) => Array.from({ length: count }, () => contentOf(written++));

/** Number of publishers, and of messages on their way, when the server should always be busy. */
const PUBLISHERS = 4;
const UNDER_WAY = 48;

export interface Saturation {
  deliveriesPerSecond: number;
  /** The share of its core that the server used. */
  serverShare: number;
  loadShare: number;
}

/** One server with an audience in one chat. Every measurement ends with a check that every message arrived once. */
export class Stage {
  readonly #server: ServerProcess;
  readonly #audience: Audience;
  readonly #publish: (contents: readonly string[]) => Promise<number>;

  private constructor(
    server: ServerProcess,
    audience: Audience,
    publish: (contents: readonly string[]) => Promise<number>,
  ) {
    this.#server = server;
    this.#audience = audience;
    this.#publish = publish;
  }

  static async open(
    bench: Bench,
    server: ServerProcess,
    { name, chat, operation, size }: { name: SystemName; chat: number; operation: MeasuredOperation; size: number },
  ): Promise<Stage> {
    const { database, publisher, surroundings } = bench;
    const chatId = rowId('chat', chat);
    const wire = wireOf(name, surroundings.prefix, operation);
    const publish = (contents: readonly string[]) => publisher.publish(wire, chatId, rowId('user', 0), contents);
    const { rows } = await database.pool.query<{ position: number }>('SELECT position FROM chat WHERE id = $1', [
      chatId,
    ]);
    const audience = await Audience.gather({
      port: server.port,
      tokens: await bench.tokens(Array.from({ length: size }, (_, user) => user)),
      operation: (subscriber) => operation.of(subscriber, chatId, rows[0]!.position),
      announced: name === 'parley' && operation.field === 'events',
    });
    const stage = new Stage(server, audience, publish);
    await audience.getInStep(publish);
    await stage.readAll();
    return stage;
  }

  /** Reads a few messages completely at every subscriber, one by one and in a burst. */
  async readAll(): Promise<void> {
    for (const burst of [1, 3]) await this.#audience.readAll(this.#publish, contentsOf(burst));
  }

  /** Measures microseconds of server CPU for each delivery. Each burst begins when the one before has arrived. */
  async cost(burst: number, seconds: number): Promise<number> {
    const audience = this.#audience;
    audience.startCounting();
    const end = performance.now() + seconds * 1000;
    const before = this.#server.cpuSeconds();
    let bursts = 0;
    do {
      bursts++;
      await this.#publish(contentsOf(burst));
      await audience.until(bursts * burst * audience.size);
    } while (performance.now() < end || bursts < 3);
    const used = this.#server.cpuSeconds() - before;
    audience.checkEach(bursts * burst);
    return (used * 1e6) / audience.received;
  }

  /** Measures deliveries a second while messages always wait at the server. */
  async saturate(seconds: number): Promise<Saturation> {
    const audience = this.#audience;
    audience.startCounting();
    let published = 0;
    const begin = performance.now();
    const [server, load] = [this.#server.cpuSeconds(), loadCpuSeconds()];
    const publishInTurn = async () => {
      while (performance.now() < begin + seconds * 1000) {
        await audience.until((published - UNDER_WAY) * audience.size);
        published++;
        await this.#publish(contentsOf(1));
      }
    };
    await Promise.all(Array.from({ length: PUBLISHERS }, publishInTurn));
    await audience.until(published * audience.size);
    const elapsed = (performance.now() - begin) / 1000;
    audience.checkEach(published);
    return {
      deliveriesPerSecond: audience.received / elapsed,
      serverShare: (this.#server.cpuSeconds() - server) / elapsed,
      loadShare: (loadCpuSeconds() - load) / elapsed,
    };
  }

  /** Measures milliseconds from Redis to each subscriber, at a fixed rate of messages. */
  async latencies(rate: number, seconds: number): Promise<Float64Array> {
    const audience = this.#audience;
    const messages = rate * seconds;
    const arrivals: { nth: number; at: number }[] = [];
    audience.startCounting();
    audience.onArrival = (nth) => arrivals.push({ nth, at: performance.now() });
    const begin = performance.now();
    const sent: number[] = [];
    for (let n = 0; n < messages; n++) {
      await until(begin + (n * 1000) / rate);
      sent.push(await this.#publish(contentsOf(1)));
    }
    await audience.until(messages * audience.size);
    audience.onArrival = null;
    audience.checkEach(messages);
    return Float64Array.from(arrivals, ({ nth, at }) => at - sent[nth]!);
  }

  close(): void {
    this.#audience.close();
  }
}

const until = (time: number) => new Promise((resolve) => setTimeout(resolve, time - performance.now()));
