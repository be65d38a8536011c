import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import { startTestServer } from '../support/app.ts';
import { group, mutation, send } from '../support/documents.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';
import { consecutive, Follower } from '../support/follower.ts';
import { pgbouncerBinary, startPgBouncer } from '../support/pgbouncer.ts';

/** Fewer than a server has connections, so that several connections share a session. */
const SESSIONS = 3;

let database: EmptyDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

async function pooler(mode: 'transaction' | 'session', sessions = SESSIONS): Promise<string> {
  const { url, stop } = await startPgBouncer(database.url, mode, sessions);
  onTestFinished(stop);
  return url;
}

describe.skipIf(pgbouncerBinary === undefined && process.env.CI !== 'true')('behind PgBouncer', () => {
  test.each([1, SESSIONS])(
    'in transaction mode with %i sessions, a start without DIRECT_URL is refused',
    async (sessions) => {
      const url = await pooler('transaction', sessions);
      await expect(openDatabase({ url, dataDir: '' })).rejects.toThrow(
        'DATABASE_URL leads to a pooler in transaction mode, which the migrations cannot use: set DIRECT_URL to PostgreSQL itself as well.',
      );
      const admin = await database.connect();
      expect((await admin.query("SELECT FROM pg_tables WHERE schemaname = 'public'")).rowCount).toBe(0);
    },
  );

  test('in transaction mode, a DIRECT_URL that leads there too is refused', async () => {
    const url = await pooler('transaction');
    await expect(openDatabase({ url, directUrl: url, dataDir: '' })).rejects.toThrow(
      'DIRECT_URL leads to a pooler in transaction mode, which the migrations cannot use: name PostgreSQL itself there.',
    );
  });

  test.each([
    ['transaction mode with DIRECT_URL', async () => ({ url: await pooler('transaction'), directUrl: database.url })],
    ['session mode', async () => ({ url: await pooler('session', 40) })],
  ])('in %s, two servers send, read and deliver', async (_, addresses) => {
    const options = { ...(await addresses()), dataDir: '', poolSize: 8 };
    const servers = await Promise.all(
      [0, 1].map(async () => {
        const opened = await openDatabase(options);
        onTestFinished(() => opened.close());
        const server = await startTestServer({ database: opened, pubsub: createMemoryPubSub() });
        onTestFinished(server.stop);
        return server;
      }),
    );
    const ada = await servers[0]!.user('ada');
    const bob = (await servers[0]!.user('bob')).at(servers[1]!);
    const chats = await Promise.all(Array.from({ length: 6 }, () => group(ada, bob)));
    const follower = await Follower.start(bob);

    await Promise.all(
      chats.flatMap((chat) => [ada, bob, ada, bob, ada, bob].map((user, n) => send(user, chat, `${n}`))),
    );

    for (const { id } of chats) {
      await follower.reaches(id, 8);
      expect(follower.positions(id)).toEqual(consecutive(3, 8));
    }
    const renamed = await ada.request(mutation('updateChat'), { input: { chatId: chats[0]!.id, title: 'Plans' } });
    expect(renamed.errors).toBeUndefined();
    expect(follower.errors).toEqual([]);
  });
});
