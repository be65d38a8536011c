import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase, type Database } from '../../src/database/open.ts';
import { rowId } from '../../src/graphql/ids.ts';
import { startTestServer } from '../support/app.ts';
import { does, group, send } from '../support/documents.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';

let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
beforeAll(async () => {
  empty = await createEmptyDatabase();
  database = await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 2 });
});
afterAll(async () => {
  await database.close();
  await empty.drop();
});

/** The number of rows of these tables that the statement reads. */
async function rowsRead(client: pg.Client, { text, values }: Recorded, tables: RegExp): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    values,
  );
  const count = (node: PlanNode): number =>
    (tables.test(node['Relation Name'] ?? '') ? node['Actual Rows'] * node['Actual Loops'] : 0) +
    (node['Rows Removed by Filter'] ?? 0) +
    (node.Plans ?? []).reduce((sum, child) => sum + count(child), 0);
  return count(rows[0]!['QUERY PLAN'][0].Plan);
}

interface Recorded {
  text: string;
  values: unknown[];
}

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

test(
  'a reaction to a message with 20,000 reactions, and its event, read at most 150 of them',
  { timeout: 60_000 },
  async () => {
    const server = await startTestServer({ database });
    onTestFinished(() => server.stop());
    const ada = await server.user('ada');
    const chat = await group(ada);
    const { id } = await send(ada, chat);
    const client = await empty.connect();
    const messageId = rowId('Message', id);
    await client.query(`
    INSERT INTO "user" (username, display_name) SELECT 'reactor_' || n, 'Reactor' FROM generate_series(1, 20000) n;
    INSERT INTO reaction (message_id, user_id, emoji, position, created_at)
    SELECT '${messageId}', id, '👍', row_number() OVER () - 30000, now() FROM "user" WHERE username LIKE 'reactor%';
    INSERT INTO reaction_count (message_id, emoji, count, position) VALUES ('${messageId}', '👍', 20000, -30000);
    ANALYZE;`);
    const live = await ada.follow(`subscription { messageUpdated { id
    reactions { emoji user { username } } reactionGroups { emoji count users(first: 10) { edges { node { username } } } } } }`);

    const query = vi.spyOn(pg.Client.prototype, 'query');
    await does(ada, 'addReaction', { messageId: id, emoji: '👍' });
    await live.count(1);
    const statements = query.mock.calls
      .map(([statement]) => statement as unknown as Recorded)
      .filter(({ text }) => /^\s*SELECT[^]*\breaction/.test(text ?? ''));
    query.mockRestore();

    // The statements are: under the lock, the list of the answer, and for the event the list, the groups and the users
    // of a group.
    expect(statements).toHaveLength(5);
    for (const statement of statements) {
      expect(await rowsRead(client, statement, /^reaction/), statement.text).toBeLessThanOrEqual(150);
    }
    live.stop();
  },
);

test('a page around an anchor reads only its own rows, among 100,000 messages', { timeout: 60_000 }, async () => {
  const server = await startTestServer({ database });
  onTestFinished(() => server.stop());
  const ada = await server.user('ada');
  const chat = await group(ada);
  const { id } = await send(ada, chat);
  const client = await empty.connect();
  await client.query(`
    INSERT INTO message (chat_id, position, revision, author_id, type, content, created_at)
    SELECT '${rowId('Chat', chat.id)}', n, n, '${ada.rowId}', 'TEXT', 'hello', timestamptz '2020-01-01' + n * interval '1 minute'
    FROM generate_series(100, 100000) n;
    ANALYZE;`);

  const query = vi.spyOn(pg.Client.prototype, 'query');
  for (const around of [{ messageId: id }, { position: 50_000 }, { date: '2020-02-01T00:00:00.000Z' }]) {
    await ada.ask(
      `query ($id: ID!, $around: MessageAnchor) {
         chat(id: $id) { messages(first: 100, around: $around) { edges { node { id } } pageInfo { hasNextPage } } } }`,
      { id: chat.id, around },
    );
  }
  const statements = query.mock.calls
    .map(([statement]) => statement as unknown as Recorded)
    .filter(({ text }) => text?.includes('isBefore'));
  query.mockRestore();

  expect(statements).toHaveLength(3);
  for (const statement of statements) {
    const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement.text}`, statement.values);
    const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).not.toMatch(/Seq Scan on message|Bitmap/);
    expect(text).toMatch(/message_chat_id_created_at_idx/);
    expect(await rowsRead(client, statement, /^message$/)).toBeLessThanOrEqual(105);
  }
});
