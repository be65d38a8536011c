import { afterAll, beforeAll, expect, test } from 'vitest';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startTestServer, type TestServer } from '../support/app.ts';
import { FaultyBroker } from '../support/faulty-pubsub.ts';
import { group } from '../support/documents.ts';
import { figure } from '../support/follower.ts';
import { SubscriptionSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';

const CYCLES = Number(process.env.PARLEY_CYCLES ?? 10_000);
const AT_ONCE = 50;

const broker = new FaultyBroker();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ pubsub: broker.connect() });
});
afterAll(async () => {
  await server.stop();
  broker.close();
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

test(
  `${CYCLES} subscribers come and go at any moment, and leave no feed, watch, channel, timer or memory behind`,
  { timeout: 30 * CYCLES },
  async () => {
    const ada = await server.user('ada');
    await group(ada);
    const { hub, fanout } = server.app;
    await until(() => hub.size().feeds === 1); // the feed of the canary
    const idle = { channels: broker.channels().length, ...hub.size() };
    /** Drops the subscription before the connection, before the first item, or after it, depending on the number. */
    const cycle = (n: number) =>
      new Promise<void>((resolve) => {
        const socket = new SubscriptionSocket(
          { port: server.app.port, token: ada.token, query: 'subscription { events(since: []) { __typename } }' },
          { next: () => n % 3 === 0 && socket.drop(), over: () => resolve() },
        );
        if (n % 3 === 1) setImmediate(() => socket.drop());
        if (n % 3 === 2) setTimeout(() => socket.drop(), n % 20);
      });
    const rounds = async (count: number) => {
      for (let n = 0; n < count; n += AT_ONCE)
        await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => cycle(n + i)));
      await until(
        () => fanout.size().subscribers === 0 && hub.size().feeds === idle.feeds,
        () => JSON.stringify([fanout.size(), hub.size()]),
      );
    };
    await rounds(1_000);
    const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = heap();
    await rounds(CYCLES);
    const grown = heap() - before;
    figure(`${CYCLES} subscribers came and went: the heap grew by`, grown, { below: 10, unit: 'MB' });
    expect({ channels: broker.channels().length, ...hub.size() }).toEqual(idle);
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThan(timers + 20);
    expect(grown).toBeLessThan(15);
  },
);
