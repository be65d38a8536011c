import type pg from 'pg';
import { encodeId } from '../../src/graphql/ids.ts';
import type { Bench, Suite } from '../bench.ts';
import { addChats, addUsers, rowId, settle, sqlId } from '../database.ts';
import { httpLoad, type HttpRequest } from '../load/http-load.ts';
import { figure } from '../report.ts';
import type { ServerProcess } from '../server-process.ts';
import { percentile } from '../statistics.ts';
import { startSystem } from '../systems.ts';

/** Two users are in a quarter of the chats. One has read nothing, the other everything but a few messages. */
const [BEHIND, CURRENT] = [0, 1];
const AUTHORS = { first: 2, count: 20 };
const READERS_FROM = 30;
const MESSAGES = 100;
const UNREAD = 200;
/**
 * The chats are numbered from here. The hot chat, which many readers mark as read at once, has a number far from them.
 */
const FIRST = 20_000;
const HOT = { chat: 40_000, position: 1_000_000 };

interface Sizes {
  chats: number;
  readers: number;
  seconds: number;
}

interface Question {
  name: string;
  user: number;
  query: string;
  expected: string;
}

const STATES = 'query { chats(first: 50) { edges { node { id viewerState { version asOfPosition unreadCount } } } } }';
const MARK = `mutation ($input: MarkChatReadInput!) { markChatRead(input: $input) {
  ... on ViewerChatState { version readPosition unreadCount } ... on Error { message } } }`;

const questions = ({ chats }: Sizes): Question[] => {
  const own = (chats / 4).toLocaleString('en');
  const summary = 'query { unreadSummary { chatCount mutedChatCount mentionChatCount } }';
  return [
    {
      name: `\`unreadSummary\`, all of ${own} chats unread`,
      user: BEHIND,
      query: summary,
      expected: '"mutedChatCount":0',
    },
    {
      name: `\`unreadSummary\`, ${UNREAD} of them unread`,
      user: CURRENT,
      query: summary,
      expected: '"mutedChatCount":0',
    },
    { name: '`chats(first: 50)` with `viewerState`', user: BEHIND, query: STATES, expected: '"unreadCount":100' },
  ];
};

/** Measures reads of unread state, and marks of many readers at once, in a database of a million messages. */
export const readState: Suite = async (bench) => {
  const sizes = bench.options.quick
    ? { chats: 1_000, readers: 50, seconds: 0.5 }
    : { chats: 10_000, readers: 1_000, seconds: 10 };
  await seed(bench.database.pool, sizes);
  const server = await startSystem('parley', bench.surroundings);
  const rows: string[][] = [];
  try {
    const asked = questions(sizes);
    const tokens = await bench.tokens(asked.map(({ user }) => user));
    for (const [i, { name, query, expected }] of asked.entries()) {
      const request = () => withToken(tokens[i] ?? '', { query });
      rows.push(await measure(server, { name, concurrency: 1, seconds: sizes.seconds, expected, request }));
    }
    rows.push(await marks(bench, server, sizes));
  } finally {
    await server.stop();
  }
  for (const row of rows) bench.log(row.join('  '));
  const columns = ['', 'at once', 'a second', 'SQL statements each', 'server CPU in µs', 'p50 in ms', 'p99 in ms'];
  const heading = `${(sizes.chats * MESSAGES).toLocaleString('en')} messages in ${sizes.chats.toLocaleString('en')} chats`;
  return [{ heading, table: { columns, rows } }];
};

/** Many readers mark one chat as read at once, each at a higher position with every request. */
async function marks(bench: Bench, server: ServerProcess, { readers, seconds }: Sizes): Promise<string[]> {
  const tokens = await bench.tokens(Array.from({ length: readers }, (_, reader) => READERS_FROM + reader));
  const chatId = encodeId('Chat', rowId('chat', HOT.chat));
  return measure(server, {
    name: '`markChatRead`, by as many readers',
    concurrency: readers,
    seconds,
    expected: '"unreadCount":100',
    request: (reader, nth) =>
      withToken(tokens[reader] ?? '', { query: MARK, variables: { input: { chatId, position: nth + 2 } } }),
  });
}

const withToken = (token: string, body: object): HttpRequest => ({
  path: '/graphql',
  headers: { Authorization: `Bearer ${token}` },
  body,
});

async function measure(
  server: ServerProcess,
  { name, ...load }: { name: string } & Omit<Parameters<typeof httpLoad>[0], 'port'>,
): Promise<string[]> {
  await httpLoad({ ...load, port: server.port, concurrency: 1, seconds: 0.2 });
  const before = { cpu: server.cpuSeconds(), statements: await server.ask<number>('statements') };
  const { requests, seconds, latencies } = await httpLoad({ ...load, port: server.port });
  const statements = (await server.ask<number>('statements')) - before.statements;
  return [
    name,
    load.concurrency.toLocaleString('en'),
    figure(requests / seconds),
    figure(statements / requests),
    figure(((server.cpuSeconds() - before.cpu) * 1e6) / requests),
    figure(percentile(latencies, 0.5)),
    figure(percentile(latencies, 0.99)),
  ];
}

/**
 * Every chat has four members and 100 messages by two of them. In the hot chat the newest messages are unread for its
 * readers.
 */
async function seed(pool: pg.Pool, { chats, readers }: Sizes): Promise<void> {
  await addUsers(pool, READERS_FROM + readers);
  const author = (m: string) => `${AUTHORS.first} + (chat + ${m}) % ${AUTHORS.count}`;
  const member = `CASE WHEN m < 2 AND chat < ${FIRST + chats / 4} THEN m ELSE ${author('m')} END`;
  await addChats(pool, { first: FIRST, count: chats, member, members: 4, position: MESSAGES + 1 });
  await addChats(pool, {
    first: HOT.chat,
    count: 1,
    member: `${READERS_FROM} + m`,
    members: readers,
    position: HOT.position,
  });
  const insert = (from: string, id: string, position: string, by: string) => `
    INSERT INTO message (id, chat_id, position, revision, author_id, type, content, created_at)
    SELECT ${sqlId('message', id)}, ${sqlId('chat', 'chat')}, ${position}, ${position}, ${sqlId('user', by)}, 'TEXT', 'hello', now()
    FROM ${from}, generate_series(1, ${MESSAGES}) n`;
  await pool.query(
    insert(`generate_series(${FIRST}, ${FIRST + chats - 1}) chat`, `chat * 1000 + n`, 'n + 1', author('2 + n % 2')),
  );
  const newest = `${HOT.position} - ${MESSAGES} + n`;
  await pool.query(insert(`(VALUES (${HOT.chat})) hot (chat)`, `chat * 1000 + n`, newest, `${AUTHORS.first}`));
  const read = chats / 4 - UNREAD;
  await pool.query(`INSERT INTO viewer_version (user_id, version) VALUES ($1, $2)`, [rowId('user', CURRENT), read]);
  await pool.query(
    `INSERT INTO viewer_chat_state (user_id, chat_id, version, read_position)
     SELECT $1, ${sqlId('chat', `${FIRST} + n - 1`)}, n, ${MESSAGES + 1} FROM generate_series(1, ${read}) n`,
    [rowId('user', CURRENT)],
  );
  await settle(pool);
}
