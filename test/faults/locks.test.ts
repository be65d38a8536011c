import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { rowId } from '../../src/graphql/ids.ts';
import { startTestServer, type Answer, type TestServer } from '../support/app.ts';
import { does, group, mutation, readChat, send } from '../support/documents.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';
import { figure } from '../support/follower.ts';

/** A quarter of it is the time limit for a lock. */
const TIMEOUT = 15_000;
/** Less than the time limit for a lock, so a request that takes less has not waited for one. */
const BYSTANDER = 3_000;

/** A database of its own, because a locked table would delay the tests that run beside this one. */
let empty: EmptyDatabase;
let database: Database;
let server: TestServer;
/** Holds locks until the test ends. */
let blocker: pg.Client;

beforeAll(async () => {
  empty = await createEmptyDatabase();
  database = await openDatabase({ url: empty.url, dataDir: '', poolSize: 5, timeoutMs: TIMEOUT });
  blocker = await empty.connect();
  server = await startTestServer({ database, canaryMs: 500 });
});
afterAll(async () => {
  await server.stop();
  await database.close();
  await empty.drop();
});

const isReady = async () => (await fetch(new URL('/health/ready', server.url))).status === 200;

test('twelve requests that wait for a locked chat fail with UNAVAILABLE in time, without an effect on other chats and readiness', async () => {
  const ada = await server.user('ada');
  const [locked, other] = [await group(ada), await group(ada)];
  const messages = [await send(ada, locked), await send(ada, locked), await send(ada, locked)];
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM chat WHERE id = $1 FOR UPDATE', [rowId('Chat', locked.id)]);
  const begun = performance.now();

  const requests = Array.from({ length: 12 }, (_, n): Promise<Answer> => {
    const messageId = messages[n % 3]!.id;
    return n % 2 === 0
      ? ada.request(mutation('updateChat'), { input: { chatId: locked.id, title: `${n}` } })
      : ada.request(mutation('addReaction'), { input: { messageId, emoji: '👍' } });
  });
  let waiting = true;
  const answers = Promise.all(requests).finally(() => (waiting = false));
  const bystander: number[] = [];
  while (waiting) {
    const at = performance.now();
    await send(ada, other);
    bystander.push(performance.now() - at);
    expect(await isReady()).toBe(true);
  }
  for (const { status, headers, errors } of await answers) {
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  }
  figure('a chat is locked: refused after', performance.now() - begun, { below: TIMEOUT * 0.6 });
  figure('a chat is locked: the slowest message to another', Math.max(...bystander), { below: BYSTANDER });

  await blocker.query('ROLLBACK');
  expect(await does(ada, 'updateChat', { chatId: locked.id, title: 'free' })).toMatchObject({ title: 'free' });
});

test('requests to a locked table fail with UNAVAILABLE in time, and work again when it is free', async () => {
  const ada = await server.user('ada');
  const chat = await group(ada);
  const { position } = (await readChat(ada, chat.id))!;
  await blocker.query('BEGIN; LOCK TABLE event');
  const begun = performance.now();
  const answer = await ada.request(mutation('sendMessage'), { input: { chatId: chat.id, content: 'hello' } });
  figure('a table is locked: refused after', performance.now() - begun, { below: TIMEOUT * 0.6 });
  expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  await blocker.query('ROLLBACK');
  expect((await send(ada, chat)).position).toBe(position + 1);
});
