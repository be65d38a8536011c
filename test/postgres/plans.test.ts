import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createChatAccess } from '../../src/chat/chat.access.ts';
import { createChatService } from '../../src/chat/chat.service.ts';
import type { Prisma } from '../../src/database/generated/client.ts';
import { openDatabase, type Database } from '../../src/database/open.ts';
import type { Statement } from '../../src/database/statement.ts';
import { createLogReader } from '../../src/log/log-reader.ts';
import { createMutationRunner } from '../../src/log/mutation-runner.ts';
import { startRetention } from '../../src/operations/retention.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';

let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
let client: pg.Client;
beforeAll(async () => {
  empty = await createEmptyDatabase();
  database = await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 2 });
  client = await empty.connect();
  await client.query(`
    INSERT INTO "user" (username, display_name) SELECT 'user_' || n, 'User' FROM generate_series(1, 1000) n;
    INSERT INTO chat (kind, created_by_id, created_at, last_activity_at, position, rights_version, deleted_at)
    SELECT 'GROUP', (SELECT id FROM "user" LIMIT 1), now(), now(), 100, 0, CASE WHEN n <= 120 THEN now() - interval '1 day' END
    FROM generate_series(1, 1120) n;
    INSERT INTO chat_member (chat_id, user_id, role, joined_at, joined_position)
    SELECT c.id, u.id, 'MEMBER', now(), 1
    FROM (SELECT id, row_number() OVER () AS n FROM chat) c
    JOIN (SELECT id, row_number() OVER () AS n FROM "user") u ON (c.n + u.n) % 50 = 0;
    INSERT INTO message (chat_id, position, revision, author_id, type, content, created_at)
    SELECT c.id, n, n, c.created_by_id, 'TEXT', 'hello', now() FROM chat c, generate_series(1, 100) n WHERE c.deleted_at IS NULL;
    INSERT INTO event (chat_id, position, type, actor_id, message_id, occurred_at)
    SELECT chat_id, position, 'MESSAGE_CREATED', author_id, id, now() FROM message;
    ANALYZE;`);
}, 60_000);
afterAll(async () => {
  await database.close();
  await empty.drop();
});

test(
  'retention uses indexes: it does not read 100,000 messages to find that deleted chats have none',
  { timeout: 60_000 },
  async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    const retention = startRetention({
      db: database.db,
      logger: pino({ level: 'silent' }),
      logRetentionMs: 30 * 24 * 3_600_000,
    });
    await retention.sweep();
    await retention.stop();
    const statements = query.mock.calls
      .map(([statement]) => statement as unknown as { text: string; values: unknown[] })
      .filter(({ text }) => text?.includes('WITH gone'));
    query.mockRestore();

    expect(statements.length).toBe(3);
    for (const statement of statements) expect(await planOf(statement)).not.toMatch(/Seq Scan on (message|event)/);
  },
);

test('a user’s memberships are read by their index, and each chat once', async () => {
  const { userId, chatId } = await database.db.chatMember.findFirstOrThrow({ where: { chat: { deletedAt: null } } });
  const statements: Prisma.Sql[] = [];
  const statement: Statement = (sql) => {
    statements.push(sql);
    return database.statement(sql);
  };
  const access = createChatAccess({ db: database.db, statement });
  const log = createLogReader(database.db, statement);
  const mutations = createMutationRunner({ db: database.db, pubsub: createMemoryPubSub(), log });

  expect(await access.filterVisible(userId, [chatId])).toHaveLength(1);
  await log.memberships([userId]);
  const chats = createChatService({ statement, mutations, access });
  await chats.list(userId, { limit: 50, backward: false, after: null, before: null }, null);
  expect(statements).toHaveLength(3);
  for (const { text, values } of statements) {
    const plan = await planOf({ text, values });
    expect(plan).not.toMatch(/Seq Scan on chat_member/);
    expect(plan.match(/Scan .*on chat c/g)).toHaveLength(1);
  }
});

async function planOf({ text, values }: { text: string; values: unknown[] }): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
