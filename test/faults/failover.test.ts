import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { rowId } from '../../src/graphql/ids.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/app.ts';
import { group, mutation, send, type Chat } from '../support/documents.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { createPrimary, createStandby, postgresBinaries } from '../support/postgres-cluster.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/until.ts';

/** The number that `restored` adds to every position. */
const BEYOND = 1_000_000;

/** Two servers on one address, behind which are a primary and an asynchronous standby. */
async function startDeployment() {
  const primary = await createPrimary();
  onTestFinished(() => primary.remove());
  const target = { host: '127.0.0.1', port: primary.port };
  const address = await startProxy({ target });
  const replication = await startProxy({ target: { ...target } });
  const standby = await createStandby(replication.port);
  onTestFinished(async () => {
    await standby.remove();
    await replication.close();
  });
  const url = address.through(primary.url);
  const pubsub = createMemoryPubSub();
  const start = async (): Promise<TestServer> => {
    const database = await openDatabase({ url, dataDir: '', poolSize: 5, timeoutMs: 6_000 });
    const server = await startTestServer({ database, pubsub });
    onTestFinished(async () => {
      await server.stop();
      await database.close();
    });
    return server;
  };
  onTestFinished(() => address.close());
  const caughtUp = async () => {
    const [row] = await primary.query<{ is: boolean }>(
      `SELECT count(*) > 0 AND bool_and(replay_lsn = pg_current_wal_lsn()) AS is FROM pg_stat_replication`,
    );
    return row!.is;
  };
  return {
    one: await start(),
    two: await start(),
    start,
    standby,
    caughtUp,
    /**
     * Disconnects the standby from the primary, which continues until the tail is written and is then lost. Returns the
     * newest position of each chat on the standby.
     */
    async failOver(isTailWritten: () => boolean) {
      replication.freeze();
      await until(isTailWritten, () => 'a tail', 60_000);
      address.cut();
      await primary.kill();
      replication.cut();
      await standby.query('SELECT pg_promote(true, 30)');
      const kept = await standby.query<{ id: string; position: number }>('SELECT id, position FROM chat');
      target.port = standby.port;
      address.heal();
      return new Map(kept.map(({ id, position }) => [id, position]));
    },
  };
}

/** Sends without a pause, even if requests fail, and remembers the acknowledged messages. */
function load(user: TestUser, chat: Chat) {
  const acknowledged: number[] = [];
  let running = true;
  const sending = (async () => {
    while (running) {
      const { data } = await user.request(mutation('sendMessage'), { input: { chatId: chat.id, content: 'x' } });
      const position = (data?.sendMessage as { position?: number } | undefined)?.position;
      if (position !== undefined) acknowledged.push(position);
      await sleep(10);
    }
  })();
  return {
    acknowledged,
    async stop() {
      running = false;
      await sending;
    },
  };
}

test.skipIf(postgresBinaries === undefined && process.env.CI !== 'true').each([
  { tail: 'short', length: 6 },
  { tail: 'long', length: 150 },
])(
  'a failover that loses a $tail tail of three busy chats: every client, live or resumed, gets ChatReset',
  { timeout: 180_000 },
  async ({ length }) => {
    const { one, two, start, standby, caughtUp, failOver } = await startDeployment();
    const ada = await one.user('ada');
    const bob = (await one.user('bob')).at(two);
    const chats = [await group(ada, bob), await group(ada, bob), await group(ada, bob)];
    const followers = [await Follower.start(ada), await Follower.start(bob)];
    const away = await Follower.start(bob);
    const loads = chats.map((chat) => load(ada, chat));
    for (const { id } of chats) for (const follower of followers) await follower.reaches(id, 20);
    await until(caughtUp);

    const acknowledged = () => loads.flatMap((each) => each.acknowledged).length;
    const replicated = acknowledged();
    let newest: number[] = [];
    const kept = await failOver(() => {
      newest = loads.map((each) => each.acknowledged.at(-1)!);
      return acknowledged() >= replicated + length;
    });
    const lengthOfTail = chats.map(({ id }, i) => newest[i]! - kept.get(rowId('Chat', id))!);
    expect(Math.max(...lengthOfTail)).toBeGreaterThan(0);
    const since = chats.map(({ id }) => ({ chatId: id, position: away.positions(id).at(-1)! }));
    away.drop();
    const promoted = performance.now();
    const resets = (follower: Follower, id: string) =>
      follower.items.filter(({ __typename, chatId }) => __typename === 'ChatReset' && chatId === id);
    for (const { id } of chats) {
      for (const follower of followers) {
        await until(
          () => resets(follower, id).some(({ position }) => position! > BEYOND),
          () => 'a reset',
          30_000,
        );
      }
    }
    figure('failed over: everybody was told after', performance.now() - promoted, { below: 20_000 });
    for (const { stop } of loads) await stop();

    const lost = await standby.query<{ position: number }>('SELECT position FROM chat WHERE deleted_at IS NULL');
    expect(lost.length).toBe(3);
    // The step was taken once, though two servers noticed the loss: no position is higher than two steps.
    expect(Math.max(...lost.map(({ position }) => position))).toBeLessThan(2 * BEYOND);
    expect(await standby.query('SELECT timeline FROM deployment')).toEqual([{ timeline: 2 }]);

    // A client that resumes from its old position, at each server and at one that starts now.
    const late = await start();
    for (const server of [one, two, late]) {
      const again = await Follower.start(bob, server, since);
      for (const { id } of chats) expect(resets(again, id)).toHaveLength(1);
      again.drop();
    }
    // After the reset everybody receives each event once, in order, as the log has them.
    for (const chat of chats) {
      const { position } = await send(ada, chat, 'the last');
      for (const follower of followers) {
        await follower.reaches(chat.id, position);
        const from = follower.items.lastIndexOf(resets(follower, chat.id).at(-1)!);
        const told = follower.items.slice(from).filter(({ chatId }) => chatId === chat.id);
        expect(told.map((item) => item.position)).toEqual(consecutive(told[0]!.position!, position));
        expect(follower.errors).toEqual([]);
      }
    }
  },
);
