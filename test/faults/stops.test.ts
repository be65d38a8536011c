import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { secret, startTestServer, type TestServer } from '../support/app.ts';
import { dial, upgradeTo } from '../support/bytes.ts';
import { EVENTS, group, mutation, type Chat } from '../support/documents.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { socketClient, TestStream } from '../support/stream.ts';
import { until } from '../support/until.ts';

/** Loading a process takes long on a busy machine. */
const PROCESS_START = 120_000;

let server: TestServer;
let doomed: ServerProcess;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const { url } = inject('database') as { url: string };
  doomed = await startServerProcess({
    DATABASE_URL: url,
    REDIS_URL: inject('redisUrl')!,
    JWT_SECRET: secret,
    SHUTDOWN_MS: '4000',
  });
}, PROCESS_START);

const rowIdOf = ({ id }: Chat): string => Buffer.from(id, 'base64url').toString().split(':')[1]!;

/** Sends at the process that will end, until it no longer answers. */
async function sendUntilTheEnd(token: string, chatId: string) {
  const acknowledged: number[] = [];
  const broken: string[] = [];
  const sending = (async () => {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${doomed.port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: mutation('sendMessage'), variables: { input: { chatId, content: 'hello' } } }),
      }).catch((error: unknown) => String((error as Error).cause));
      if (typeof response === 'string') return void broken.push(response);
      const body = await response.text().catch(() => '');
      if (body === '') return void broken.push('cut off');
      acknowledged.push(
        (JSON.parse(body) as { data: { sendMessage: { position: number } } }).data.sendMessage.position,
      );
    }
  })();
  await until(() => acknowledged.length > 10);
  return { acknowledged, broken, sending };
}

test('SIGTERM: subscriptions end with 1012, running operations are finished, and the process exits with 0', async () => {
  const ada = await server.user('ada');
  const chat = await group(ada);
  const leaving = await Follower.start(ada, doomed.port);
  const staying = await Follower.start(ada);
  const { acknowledged, broken, sending } = await sendUntilTheEnd(ada.token, chat.id);
  const begun = performance.now();
  expect(await doomed.terminate()).toBe(0);
  figure('SIGTERM: gone after', performance.now() - begun, { below: 10_000 });
  await sending;
  await until(() => leaving.closed !== undefined);
  expect(leaving.closed).toBe(1012);
  // A request was refused, or its kept connection was closed between requests. No answer is cut off.
  expect(broken.join()).not.toContain('cut off');
  const last = Math.max(...acknowledged);
  await staying.reaches(chat.id, last);
  const seen = leaving.positions(chat.id);
  const again = await Follower.start(ada, server, [{ chatId: chat.id, position: seen.at(-1) ?? 1 }]);
  // More may have been written than was acknowledged.
  const resumed = [...seen, ...again.positions(chat.id)];
  await staying.reaches(chat.id, resumed.at(-1)!);
  expect(resumed).toEqual(consecutive(3, staying.positions(chat.id).at(-1)!));
});

test('SIGKILL: nothing that was acknowledged is lost', async () => {
  const ada = await server.user('ada');
  const chat = await group(ada);
  const leaving = await Follower.start(ada, doomed.port);
  const staying = await Follower.start(ada);
  const { acknowledged, sending } = await sendUntilTheEnd(ada.token, chat.id);
  await doomed.kill();
  await sending;
  await staying.reaches(chat.id, Math.max(...acknowledged));
  await until(() => leaving.closed !== undefined);
  const seen = leaving.positions(chat.id);
  const again = await Follower.start(ada, server, [{ chatId: chat.id, position: seen.at(-1) ?? 1 }]);
  // More may have been written than was acknowledged.
  const resumed = [...seen, ...again.positions(chat.id)];
  await staying.reaches(chat.id, resumed.at(-1)!);
  expect(resumed).toEqual(consecutive(3, staying.positions(chat.id).at(-1)!));
});

test('SIGTERM: a mutation that waits for a lock is finished and answered, over HTTP and over a WebSocket, beside a stream', async () => {
  const ada = await server.user('ada');
  // There are two chats, because the changes of one chat wait for each other within the server.
  const [chat, other] = [await group(ada), await group(ada)];
  const url = `http://127.0.0.1:${doomed.port}/graphql`;
  const stream = TestStream.openSse(url, ada.token, EVENTS);
  await stream.item(({ __typename }) => __typename === 'CaughtUp');
  const idle = await Follower.start(ada, doomed.port);

  const holder = await server.database.pool!.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM chat WHERE id IN ($1::uuid, $2::uuid) FOR UPDATE', [rowIdOf(chat), rowIdOf(other)]);
  const overHttp = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
    body: JSON.stringify({ query: mutation('updateChat'), variables: { input: { chatId: chat.id, title: 'New' } } }),
  }).then((response) => response.json());
  const overSocket = TestStream.open(socketClient(doomed.port, ada.token), mutation('sendMessage'), {
    input: { chatId: other.id, content: 'hello' },
  });
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  // Another connection is used, because within a transaction the view keeps its first values.
  await until(async () => (await server.database.pool!.query<{ count: number }>(waiting)).rows[0]!.count >= 2);

  const exited = doomed.terminate();
  await stream.end();
  expect(stream.error).toMatchObject({ message: 'terminated' });
  expect(stream.results.filter(({ errors }) => errors)).toEqual([]);
  // The lock is held until the server has closed every socket without a running operation.
  await until(() => idle.closed === 1012);
  await holder.query('COMMIT');
  holder.release();
  expect(await overHttp).toMatchObject({ data: { updateChat: { title: 'New' } } });
  await overSocket.end();
  expect(overSocket.items).toMatchObject([{ content: 'hello' }]);
  expect(overSocket.error).toBeUndefined();
  expect(await exited).toBe(0);
});

test('SIGTERM: the process ends within SHUTDOWN_MS, whatever is connected', async () => {
  const ada = await server.user('ada');
  const paused = await Follower.start(ada, doomed.port);
  paused.socket.pause();
  for (const bytes of [
    '',
    'POST /graphql HTTP/1.1\r\nHost: local',
    'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
    upgradeTo('/ws'),
    upgradeTo('/graphql', { 'Sec-WebSocket-Version': '7' }),
    upgradeTo('/graphql', { Upgrade: 'h2c' }),
    upgradeTo('/graphql'),
  ]) {
    (await dial(doomed.port)).write(bytes);
  }
  const begun = performance.now();
  expect(await doomed.terminate()).toBe(0);
  const took = performance.now() - begun;
  figure('SIGTERM among clients that stay: gone after', took, { below: 10_000 });
  // Interrupted work has half a second, and the busy test machine some more.
  expect(took).toBeLessThan(7_000);
  paused.drop();
});
