import pg from 'pg';
import { afterEach, beforeEach, expect, inject } from 'vitest';
import { attempt, group } from '../support/documents.ts';
import { cannotContact } from '../support/blocks.ts';
import { updateSettings } from '../support/read-state.ts';
import { withTwoServers } from '../support/test.ts';
import { until } from '../support/until.ts';

const test = withTwoServers();

/** A transaction of another server, in its midst. */
let other: pg.Client;
let pid: number;
beforeEach(async () => {
  const { url } = inject('database') as { url: string };
  other = new pg.Client({ connectionString: url });
  await other.connect();
  pid = (await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
});
afterEach(() => other.end());

const lock = (userId: string) => other.query('SELECT FROM "user" WHERE id = $1 FOR NO KEY UPDATE', [userId]);

/** Waits until somebody waits for the other transaction. */
const untilAwaited = () =>
  until(
    async () =>
      (await other.query('SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))', [pid])).rowCount === 1,
    () => 'a transaction that waits for the lock of the user',
  );

type Way = (userId: string, chatId: string) => readonly ['createChat' | 'addChatMembers', object];
const ways: Record<string, Way> = {
  'makes a group': (userId) => ['createChat', { kind: 'GROUP', memberIds: [userId] }],
  'opens a direct chat': (userId) => ['createChat', { kind: 'DIRECT', memberIds: [userId] }],
  'adds to a group': (userId, chatId) => ['addChatMembers', { chatId, userIds: [userId] }],
};

test.for(Object.entries(ways))(
  'who %s while the other one withdraws from strangers waits, and is refused',
  async ([, way], { ada, grace }) => {
    const own = await group(ada);
    await other.query('BEGIN');
    await lock(grace.rowId);
    await other.query(`INSERT INTO viewer_settings (user_id, version, who_may_contact) VALUES ($1, 1, 'SHARED_CHAT')`, [
      grace.rowId,
    ]);

    const [mutation, input] = way(grace.id, own.id);
    const answer = attempt(ada, mutation, input);
    await untilAwaited();
    await other.query('COMMIT');

    expect(await answer).toEqual(cannotContact);
  },
);

test('who withdraws from strangers waits for a chat that is being made', async ({ two, ada, grace }) => {
  await other.query('BEGIN');
  await lock(grace.rowId);

  const settings = updateSettings(grace.at(two), { whoMayContact: 'SHARED_CHAT' });
  await untilAwaited();
  await other.query('COMMIT');

  expect(await settings).toMatchObject({ whoMayContact: 'SHARED_CHAT' });
  expect(await attempt(ada, 'createChat', { kind: 'DIRECT', memberIds: [grace.id] })).toEqual(cannotContact);
});
