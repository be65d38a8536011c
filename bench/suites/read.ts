import type pg from 'pg';
import { encodeId } from '../../src/graphql/ids.ts';
import type { Suite } from '../bench.ts';
import { addChats, addUsers, rowId, settle, sqlId } from '../database.ts';
import { httpLoad, type HttpRequest } from '../load/http-load.ts';
import { figure } from '../report.ts';
import { percentile, Samples } from '../statistics.ts';
import { startSystem } from '../systems.ts';

const READERS = 20;
/** The chats of all readers are numbered from here. The messages of the first one are read. */
const FIRST = 3_000;
const CHATS = 60;
const CONCURRENCY = 16;

interface Question {
  name: string;
  /** A text that every answer must contain. */
  expected: string;
  query: string;
  path: string;
}

const questions: Question[] = [
  {
    name: '50 messages with authors and reactions',
    expected: '200 of chat 3000',
    path: '/page',
    query: `query Page($chatId: ID!) { chat(id: $chatId) { messages(last: 50) { edges { node {
      id type content createdAt position revision
      author { id username displayName }
      reactions { id emoji user { id username displayName } }
    } } pageInfo { hasPreviousPage startCursor } } } }`,
  },
  {
    name: '50 chats with last messages',
    expected: '3 of chat 3059',
    path: '/chats',
    query: `query Chats { chats(first: 50) { edges { node {
      id kind title position lastActivityAt
      lastMessage { id content createdAt author { id username displayName } }
    } } pageInfo { hasNextPage endCursor } } }`,
  },
];

/** Measures reading, compared with hand-written SQL. */
export const read: Suite = async (bench) => {
  const { options, surroundings } = bench;
  const [repetitions, seconds] = options.quick ? [1, 0.5] : [5, 2];
  await seed(bench.database.pool);
  const tokens = await bench.tokens(Array.from({ length: READERS }, (_, reader) => reader));
  const requestOf = {
    parley: ({ query }: Question, reader: number): HttpRequest => ({
      path: '/graphql',
      headers: { Authorization: `Bearer ${tokens[reader]!}` },
      body: { query, variables: { chatId: encodeId('Chat', rowId('chat', FIRST)) } },
    }),
    bare: ({ path }: Question, reader: number): HttpRequest => ({
      path,
      body: { chatId: rowId('chat', FIRST), userId: rowId('user', reader) },
    }),
  };
  const names = ['parley', 'bare'] as const;
  const servers = {
    parley: await startSystem('parley', surroundings),
    bare: await startSystem('bare', surroundings),
  };
  const rows: string[][] = [];
  try {
    for (const question of questions) {
      const samples = new Samples<`${(typeof names)[number]} ${'rate' | 'cpu' | 'p99' | 'statements'}`>();
      for (let repetition = -1; repetition < repetitions; repetition++) {
        for (const name of names) {
          const server = servers[name];
          const before = { cpu: server.cpuSeconds(), statements: await server.ask<number>('statements') };
          const load = await httpLoad({
            port: server.port,
            concurrency: CONCURRENCY,
            seconds,
            request: (connection) => requestOf[name](question, connection),
            expected: question.expected,
          });
          if (repetition < 0) continue; // a warm-up repetition
          const statements = (await server.ask<number>('statements')) - before.statements;
          samples.add(`${name} rate`, load.requests / load.seconds);
          samples.add(`${name} cpu`, ((server.cpuSeconds() - before.cpu) * 1e6) / load.requests);
          samples.add(`${name} p99`, percentile(load.latencies, 0.99));
          samples.add(`${name} statements`, statements / load.requests);
        }
      }
      const pair = (metric: 'cpu' | 'p99' | 'statements') =>
        names.map((name) => figure(samples.median(`${name} ${metric}`))).join(' / ');
      rows.push([
        question.name,
        figure(samples.median('parley rate')),
        figure(samples.median('bare rate')),
        figure(samples.ratio('parley rate', 'bare rate')),
        pair('statements'),
        pair('cpu'),
        pair('p99'),
      ]);
      bench.log(rows.at(-1)!.join('  '));
    }
  } finally {
    await Promise.all(names.map((name) => servers[name].stop()));
  }
  return [
    {
      heading: `Reading, ${CONCURRENCY} requests at once`,
      text: 'Parley / the bare handler, where there are two figures.',
      table: {
        columns: [
          '',
          'Parley, requests a second',
          '`node:http` + `pg`',
          'Parley ÷ bare',
          'SQL statements a request',
          'server CPU in µs',
          'p99 in ms',
        ],
        rows,
      },
    },
  ];
};

/**
 * Writes 200 messages into the first chat and 3 into each other one, by all readers in turn, with 0–3 reactions each.
 */
async function seed(pool: pg.Pool): Promise<void> {
  await addUsers(pool, READERS);
  await addChats(pool, { first: FIRST, count: CHATS, member: 'm', members: READERS, position: 1_000 });
  await pool.query(
    `INSERT INTO message (id, chat_id, position, revision, author_id, type, content, created_at)
     SELECT ${sqlId('message', `(chat - ${FIRST}) * 1000 + n`)}, ${sqlId('chat', 'chat')}, n, n,
            ${sqlId('user', `n % ${READERS}`)}, 'TEXT', 'This is message ' || n || ' of chat ' || chat || ', and it says what chat says.', now()
     FROM generate_series(${FIRST}, ${FIRST + CHATS - 1}) chat,
          LATERAL generate_series(1, CASE chat WHEN ${FIRST} THEN 200 ELSE 3 END) n`,
  );
  await pool.query(
    `INSERT INTO reaction (message_id, user_id, emoji, position, created_at)
     SELECT ${sqlId('message', 'n')}, ${sqlId('user', 'reader')}, '👍', 200 + n, now()
     FROM generate_series(1, 200) n, LATERAL generate_series(1, n % 4) reader`,
  );
  await pool.query(
    `UPDATE chat SET last_activity_at = now() + position * interval '1 ms' + right(title, 4)::int * interval '1 s'
     WHERE id >= $1`,
    [rowId('chat', FIRST)],
  );
  await settle(pool);
}
