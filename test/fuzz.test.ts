import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { schema } from '../src/schema.ts';
import { startTestServer, type TestServer, type TestUser } from './support/app.ts';
import { does, group, send } from './support/documents.ts';
import { randomFrom, RandomOperations, type RandomOperation } from './support/random-operation.ts';

/** The embedded database runs fewer, because it is slower and the code is the same. */
const OPERATIONS = inject('redisUrl') === null ? 2_000 : 10_000;
/** The maximum of a request. */
const BATCH = 10;
const AT_ONCE = 4;
const SEED = 20_261_126;

let server: TestServer;
const lines: string[] = [];

beforeAll(async () => {
  server = await startTestServer({
    logger: pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }),
  });
});
afterAll(() => server.stop());

interface Answered {
  errors?: { message: string; extensions: { code: string } }[];
}

async function ask(user: TestUser, batch: RandomOperation[]): Promise<Answered[]> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(user.token && { authorization: `Bearer ${user.token}` }) },
    body: JSON.stringify(batch),
  });
  expect(response.status).toBeLessThan(500);
  return (await response.json()) as Answered[];
}

const heap = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};

test(
  'random operations of strangers and members are answered or refused, without a 500, a crash or a memory leak',
  { timeout: 120_000 },
  async () => {
    const [ada, grace] = [await server.user('ada'), await server.user('grace')];
    const chat = await group(ada, grace);
    const message = await send(ada, chat);
    const { reactions } = await does(grace, 'addReaction', { messageId: message.id, emoji: '👍' });
    const { edges } = await ada.ask<{ edges: { cursor: string }[] }>('{ chats { edges { cursor } } }');
    const known = [
      ada.id,
      grace.id,
      chat.id,
      message.id,
      reactions[0]!.id,
      edges[0]!.cursor,
      ada.username,
      '👍',
      'hello',
    ];
    const operations = new RandomOperations(schema, randomFrom(SEED), known);
    const counts = { answered: 0, refused: 0 };

    const round = async (count: number) => {
      let left = count;
      const worker = async () => {
        while (left > 0) {
          left -= BATCH;
          const batch = Array.from({ length: BATCH }, () => operations.next());
          const user = [ada, grace, server.stranger()][(left / BATCH) % 3]!;
          for (const [i, { errors }] of (await ask(user, batch)).entries()) {
            const broken = errors?.find(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR');
            if (broken)
              throw new Error(`seed ${SEED}: ${JSON.stringify(batch[i])} is answered ${JSON.stringify(errors)}`);
            if (errors) counts.refused++;
            else counts.answered++;
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    };

    // The first round fills the caches, so that they are not measured as a leak.
    await round(OPERATIONS / 2);
    const before = heap();
    await round(OPERATIONS / 2);
    expect(heap()).toBeLessThan(before * 1.2);
    expect(lines).toEqual([]);
    // The test is only meaningful if many operations succeed.
    expect(counts.answered).toBeGreaterThan(OPERATIONS / 10);
    expect(counts.refused).toBeGreaterThan(OPERATIONS / 10);
  },
);
