import { readFile } from 'node:fs/promises';
import { expect, inject, onTestFinished } from 'vitest';
import { secret, type TestUser } from '../support/app.ts';
import { group, send, type Chat } from '../support/documents.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { startServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { test } from '../support/test.ts';

/** Maximum milliseconds by which any other subscriber may be late. */
const BYSTANDER = 500;

const rowIdOf = ({ id }: Chat): string => Buffer.from(id, 'base64url').toString().split(':')[1]!;

/** Writes messages of this length into the log, past the API. */
async function fill(ada: TestUser, chat: Chat, count: number, length: number): Promise<void> {
  // It writes in portions, because a statement has a deadline.
  for (let from = 3; from <= count + 2; from += 5_000) {
    const to = Math.min(count + 2, from + 4_999);
    await ada.server.database.pool!.query(
      `WITH numbered AS (SELECT gen_random_uuid() AS id, n FROM generate_series($2::int, $3::int) n),
       written AS (
         INSERT INTO message (id, chat_id, position, revision, author_id, type, content, created_at)
         SELECT id, $1::uuid, n, n, $4::uuid, 'TEXT', repeat('x', $5::int), clock_timestamp() FROM numbered),
       logged AS (
         INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
         SELECT $1::uuid, n, 'MESSAGE_CREATED', $4::uuid, id, clock_timestamp() FROM numbered)
       UPDATE chat SET position = $3::int WHERE id = $1::uuid`,
      [rowIdOf(chat), from, to, ada.rowId, length],
    );
  }
}

test(
  'a socket that stops reading is closed with 1013, others are at most 500 ms late, and it resumes without loss',
  { timeout: 60_000 },
  async ({ server }) => {
    const ada = await server.user('ada');
    const [slow, brisk] = [await server.user('slow'), await server.user('brisk')];
    const chat = await group(ada, slow, brisk);
    const paused = await Follower.start(slow);
    const reading = await Follower.start(brisk);
    paused.socket.pause();
    const before = await memory(process.pid);
    const content = 'x'.repeat(4_000);
    let last = 1;
    let worst = 0;
    const { fanout } = server.app;
    while (fanout.size().subscribers > 1 && last < 5_000) {
      for (const { position } of await Promise.all(Array.from({ length: 10 }, () => send(ada, chat, content)))) {
        last = Math.max(last, position);
      }
      const sent = performance.now();
      const { at } = await reading.reaches(chat.id, last);
      worst = Math.max(worst, at - sent);
    }
    expect(fanout.size().subscribers).toBe(1);
    figure('a paused client: given up after', last, { below: 10_000, unit: 'messages of 4 kB' });
    figure('a paused client: the others were late by', worst, { below: BYSTANDER });
    figure('a paused client: the process grew by', (await memory(process.pid)) - before, { below: 200, unit: 'MB' });
    paused.socket.resume();
    await until(
      () => paused.closed !== undefined,
      () => 'a close',
    );
    expect(paused.closed).toBe(1013);
    const seen = paused.positions(chat.id);
    expect(seen).toEqual(consecutive(3, 2 + seen.length));
    // The message may have arrived all the same, from the buffers in between.
    last = (await send(ada, chat)).position;
    const again = await Follower.start(slow, server, [{ chatId: chat.id, position: seen.at(-1) ?? 1 }]);
    await again.reaches(chat.id, last);
    expect([...seen, ...again.positions(chat.id)]).toEqual(consecutive(3, last));
    await reading.reaches(chat.id, last);
    expect(reading.positions(chat.id)).toEqual(consecutive(3, last));
    for (const follower of [again, reading]) follower.drop();
    await until(() => fanout.size().subscribers === 0);
  },
);

test(
  'a socket that never reads again is terminated, even if it does not answer the close',
  { timeout: 30_000 },
  async ({ server }) => {
    const ada = await server.user('ada');
    const chat = await group(ada);
    const paused = await Follower.start(ada);
    paused.socket.pause();
    await fill(ada, chat, 3_000, 4_000);
    await server.app.hub.reconcile();
    await until(
      () => server.app.fanout.size().subscribers === 0,
      () => 'the end of its subscription',
    );
    paused.drop();
  },
);

test('a replay of long messages waits for its client, which does not count as slow', async ({ server }) => {
  const ada = await server.user('ada');
  const chat = await group(ada);
  await fill(ada, chat, 1_000, 16_000);
  const follower = new Follower(ada, server, [{ chatId: chat.id, position: 1 }]);
  await follower.reaches(chat.id, 2);
  follower.socket.pause();
  // The server continues until the buffers in between are full, and then waits.
  const { fanout } = server.app;
  await expect(
    until(
      () => fanout.size().subscribers === 0,
      () => 'the end',
      1_000,
    ),
  ).rejects.toThrow();
  // The replay had stopped before its end.
  expect(follower.positions(chat.id).length).toBeLessThan(1_000);
  follower.socket.resume();
  await follower.caughtUp();
  expect(follower.positions(chat.id)).toEqual(consecutive(2, 1_002));
});

test(
  'a replay of 100,000 events runs in pages with bounded memory, and another subscriber is at most 500 ms late',
  { timeout: 400_000 },
  async ({ server }) => {
    const count = 100_000;
    const { url } = inject('database') as { url: string };
    const own = await startServerProcess({
      DATABASE_URL: url,
      REDIS_URL: inject('redisUrl')!,
      JWT_SECRET: secret,
      // The heap is too small for all events, whose text alone has 100 MB.
      NODE_OPTIONS: '--max-old-space-size=128',
    });
    onTestFinished(own.kill);
    const ada = await server.user('ada');
    const bob = await server.user('bob');
    const [long, lively] = [await group(ada), await group(ada, bob)];
    await fill(ada, long, count, 1_000);
    const bystander = await Follower.start(bob, own.port);
    // A first replay loads what every server needs, so that it does not count as growth.
    const warm = await Follower.start(ada, own.port, [{ chatId: long.id, position: count - 5_000 }]);
    warm.drop();
    const before = await memory(own.pid);
    const begun = performance.now();
    const replay = new Follower(ada, own.port, [{ chatId: long.id, position: 1 }]);
    const memories: number[] = [];
    const delays: number[] = [];
    while (replay.closed === undefined && !replay.isCaughtUp) {
      const { position } = await send(bob, lively, 'hello');
      const sent = performance.now();
      const { at } = await bystander.reaches(lively.id, position);
      delays.push(at - sent);
      memories.push(await memory(own.pid));
    }
    figure('a replay of 100,000 events: took', performance.now() - begun, { below: 100_000 });
    figure('a replay of 100,000 events: another subscriber was late by', Math.max(...delays), { below: BYSTANDER });
    figure('a replay of 100,000 events: the server grew by', Math.max(...memories) - before, {
      below: 200,
      unit: 'MB',
    });
    expect(replay.closed).toBeUndefined();
    expect(replay.positions(long.id)).toEqual(consecutive(2, count + 2));
    expect(bystander.positions(lively.id)).toEqual(consecutive(3, delays.length + 2));
  },
);

/** The memory of a process in MB that it shares with no other. */
async function memory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
