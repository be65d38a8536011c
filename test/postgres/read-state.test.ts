import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { rowId } from '../../src/graphql/ids.ts';
import { readUnreadSummary, readViewerChatStates } from '../../src/read-state/read-state.loaders.ts';
import { startTwoServers, type TestServer, type TestUser } from '../support/app.ts';
import { group, send, type Chat } from '../support/documents.ts';
import { createEmptyDatabase } from '../support/empty-database.ts';
import { markRead, markUnread, viewerState } from '../support/read-state.ts';
import { until } from '../support/until.ts';

let one: TestServer;
let two: TestServer;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ one, two, stop } = await startTwoServers());
});
afterAll(() => stop());

const times = <T>(count: number, work: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => work(i));

describe('a mark as unread and a late mark as read, at the same moment on two servers', () => {
  /** Both wait for the user's lock, in this order, and are released together. */
  async function race(first: () => Promise<unknown>, second: () => Promise<unknown>, user: TestUser): Promise<void> {
    const { pool } = one.database;
    const holder = await pool!.connect();
    const waiting = async (count: number) => {
      const { rows } = await pool!.query<{ count: number }>(`
        SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%viewer_version%'`);
      return rows[0]!.count === count;
    };
    await holder.query('BEGIN');
    await holder.query('SELECT FROM viewer_version WHERE user_id = $1 FOR UPDATE', [user.rowId]);
    const started = [first()];
    await until(() => waiting(1));
    started.push(second());
    await until(() => waiting(2));
    await holder.query('COMMIT');
    holder.release();
    await Promise.all(started);
  }

  test.each(['unread', 'read'])('leave the chat marked as unread if %s comes first', async (comesFirst) => {
    const [user, other] = [await one.user(), await one.user()];
    const chat = await group(user, other);
    const { position } = await send(other, chat);
    await send(other, chat);
    const { version } = await markRead(user, chat, position);

    const unread = () => markUnread(user, chat, position);
    const read = () => markRead(user.at(two), chat, position + 1, version);
    await race(comesFirst === 'unread' ? unread : read, comesFirst === 'unread' ? read : unread, user);
    expect(await viewerState(user, chat)).toMatchObject({ isMarkedUnread: true, readPosition: position - 1 });
  });
});

test('batches of two servers in opposite order do not deadlock, and the highest mark of each user stays', async () => {
  const users = await Promise.all(times(12, () => one.user()));
  const chats: Chat[] = [];
  for (let i = 0; i < 3; i++) {
    const chat = await group(users[0]!, ...users.slice(1));
    for (let message = 0; message < 4; message++) await send(users[0]!, chat);
    chats.push(chat);
  }
  const marks = times(4, (round) =>
    users.flatMap((user) => chats.map((chat) => ({ user, chat, position: round + 2 }))),
  );
  const all = marks.flat();
  const mark = (server: TestServer) => (each: (typeof all)[number]) =>
    markRead(each.user.at(server), each.chat, each.position);
  const answers = await Promise.all([...all.map(mark(one)), ...all.toReversed().map(mark(two))]);

  expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
  const states = await one.database.db.viewerChatState.findMany({
    where: { chatId: { in: chats.map(({ id }) => rowId('Chat', id)) } },
    include: { user: { select: { viewerVersion: true } } },
  });
  expect(states).toHaveLength(36);
  expect(new Set(states.map(({ readPosition }) => readPosition))).toEqual(new Set([5]));
  expect(new Set(states.map(({ userId, version }) => `${userId} ${version}`)).size).toBe(36);
  for (const { version, user } of states) expect(version).toBeLessThanOrEqual(user.viewerVersion!.version);
});

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: Plan[];
}
const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe('of a chat with 100,000 unread messages, and 300 chats with 300 each,', () => {
  let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let database: Awaited<ReturnType<typeof openDatabase>>;
  let client: pg.Client;
  let userId: string;
  beforeAll(async () => {
    empty = await createEmptyDatabase();
    database = await openDatabase({ url: empty.url, dataDir: 'memory://', poolSize: 2 });
    client = await empty.connect();
    await client.query(`
      INSERT INTO "user" (username, display_name) VALUES ('ada', 'Ada'), ('grace', 'Grace');
      INSERT INTO chat (kind, created_by_id, created_at, last_activity_at, position, rights_version)
      SELECT 'GROUP', id, now(), now(), 1 + CASE WHEN n = 1 THEN 100000 ELSE 300 END, 1
      FROM "user", generate_series(1, 301) n WHERE username = 'grace';
      INSERT INTO chat_member (chat_id, user_id, role, joined_at, joined_position)
      SELECT c.id, u.id, 'MEMBER', now(), 1 FROM chat c, "user" u;
      INSERT INTO message (chat_id, position, revision, author_id, type, content, created_at)
      SELECT c.id, n, n, c.created_by_id, 'TEXT', 'hello', now() FROM chat c, generate_series(2, c.position) n;`);
    await client.query('VACUUM ANALYZE');
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM "user" WHERE username = 'ada'`);
    userId = rows[0]!.id;
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await empty.drop();
  });

  /** The parts of the statement's plan that read messages, with the number of rows of each. */
  async function readings(work: () => Promise<unknown>) {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    await work();
    const statement = query.mock.calls
      .map(([config]) => config as unknown as { text?: string; values: unknown[] })
      .find(({ text }) => text?.includes('FROM message x'))!;
    query.mockRestore();
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`,
      statement.values,
    );
    const all = nodes(rows[0]!['QUERY PLAN'][0].Plan);
    const ofMessages = all.filter((node) => node['Relation Name'] === 'message');
    expect(ofMessages.map((node) => `${node['Node Type']} ${node['Index Name']}`).toSorted()).toEqual([
      'Index Scan message_chat_id_position_key',
      'Index Scan message_mentions_everyone_idx',
    ]);
    return ofMessages.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0);
  }

  test('the states of fifty read a hundred messages each', async () => {
    const { rows } = await client.query<{ chatId: string }>(
      'SELECT id AS "chatId" FROM chat ORDER BY position DESC LIMIT 50',
    );
    const keys = rows.map(({ chatId }) => ({ chatId, userId }));
    expect(await readings(() => readViewerChatStates(database.statement, keys))).toBe(5_000);
  });

  test('the summary reads one message of each', async () => {
    expect(await readUnreadSummary(database.statement, userId)).toMatchObject({ chatCount: 301 });
    expect(await readings(() => readUnreadSummary(database.statement, userId))).toBe(301);
  });
});
