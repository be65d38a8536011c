import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { secret, startTestServer, type TestServer } from '../support/app.ts';
import { group, mutation } from '../support/documents.ts';
import { consecutive, figure, Follower } from '../support/follower.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let doomed: ServerProcess;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const { url } = inject('database') as { url: string };
  doomed = await startServerProcess({ DATABASE_URL: url, REDIS_URL: inject('redisUrl')!, JWT_SECRET: secret });
});

/** Sends by the process that is to end, until it does not answer any more. */
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

test('SIGTERM: subscriptions end with 1012, what runs is finished, and the process exits with 0', async () => {
  const ada = await server.user('ada');
  const chat = await group(ada);
  const leaving = await Follower.start(ada, doomed.port);
  const staying = await Follower.start(ada);
  const { acknowledged, broken, sending } = await sendUntilTheEnd(ada.token, chat.id);
  const begun = performance.now();
  expect(await doomed.terminate()).toBe(0);
  figure('SIGTERM: gone after', performance.now() - begun);
  await sending;
  await until(() => leaving.closed !== undefined);
  expect(leaving.closed).toBe(1012);
  // Refused, or a connection kept alive that was closed between requests: no answer is cut off.
  expect(broken.join()).not.toContain('cut off');
  const last = Math.max(...acknowledged);
  await staying.reaches(chat.id, last);
  const seen = leaving.positions(chat.id);
  const again = await Follower.start(ada, server, [{ chatId: chat.id, position: seen.at(-1) ?? 1 }]);
  // What was written may be more than what was acknowledged.
  const resumed = [...seen, ...again.positions(chat.id)];
  await staying.reaches(chat.id, resumed.at(-1)!);
  expect(resumed).toEqual(consecutive(2, staying.positions(chat.id).at(-1)!));
});

test('SIGKILL: nothing is lost that a client was told had happened', async () => {
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
  // What was written may be more than what was acknowledged.
  const resumed = [...seen, ...again.positions(chat.id)];
  await staying.reaches(chat.id, resumed.at(-1)!);
  expect(resumed).toEqual(consecutive(2, staying.positions(chat.id).at(-1)!));
});
