import { encodeId } from '../../src/graphql/ids.ts';
import type { Bench, Suite } from '../bench.ts';
import { addChats, addUsers, rowId, settle } from '../database.ts';
import { httpLoad, type HttpRequest } from '../load/http-load.ts';
import { pgbench } from '../load/pgbench.ts';
import { figure } from '../report.ts';
import type { ServerProcess } from '../server-process.ts';
import { percentile, Samples } from '../statistics.ts';
import { startSystem } from '../systems.ts';

const SENDERS = 64;
const CHATS_OF_EACH = 16;
/** Chats are numbered from here: first those with one sender each, then the one that all senders share. */
const FIRST = 1_000;
const HOT = FIRST + SENDERS * CHATS_OF_EACH;
const CONTENT = 'Shall we meet at the usual place at half past seven, or is that too early?';
const MUTATION = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ... on Message { id position createdAt } ... on Error { code message } }
}`;

type Subject = 'parley' | 'bare' | 'pgbench';
type Metric = `${Subject} ${'rate' | 'cpu' | 'p50' | 'p99'}`;

const places = [
  {
    name: 'over 1,024 chats',
    chatOf: (sender: number, nth: number) => FIRST + sender * CHATS_OF_EACH + (nth % CHATS_OF_EACH),
    first: FIRST,
    chats: HOT - FIRST,
  },
  { name: 'in one hot chat', chatOf: () => HOT, first: HOT, chats: 1 },
];

/**
 * Measures `sendMessage` end to end: from the request to the committed transaction and the event that is handed to
 * Redis.
 */
export const send: Suite = async (bench) => {
  const { database, options, surroundings } = bench;
  const [repetitions, seconds] = options.quick ? [1, 0.5] : [3, 2];
  await seed(bench);
  const tokens = await bench.tokens(Array.from({ length: SENDERS }, (_, sender) => sender));
  const requests: Record<'parley' | 'bare', (sender: number, chat: number) => HttpRequest> = {
    parley: (sender, chat) => ({
      path: '/graphql',
      headers: { Authorization: `Bearer ${tokens[sender]!}` },
      body: {
        query: MUTATION,
        variables: { input: { chatId: encodeId('Chat', rowId('chat', chat)), content: CONTENT } },
      },
    }),
    bare: (sender, chat) => ({
      path: '/send',
      body: { chatId: rowId('chat', chat), userId: rowId('user', sender), content: CONTENT },
    }),
  };
  const servers: Record<'parley' | 'bare', ServerProcess> = {
    parley: await startSystem('parley', surroundings),
    bare: await startSystem('bare', surroundings),
  };
  const load = (name: 'parley' | 'bare', place: (typeof places)[number], concurrency: number, duration: number) =>
    httpLoad({
      port: servers[name].port,
      concurrency,
      seconds: duration,
      request: (sender, nth) => requests[name](sender, place.chatOf(sender, nth)),
      expected: '"position"',
    });

  const rows: string[][] = [];
  try {
    for (const place of places) {
      for (const name of ['parley', 'bare'] as const) await load(name, place, SENDERS, options.quick ? 0.5 : 2);
      for (const concurrency of [1, 16, 64]) {
        const samples = new Samples<Metric>();
        for (let repetition = 0; repetition < repetitions; repetition++) {
          for (const name of ['parley', 'bare'] as const) {
            const before = { cpu: servers[name].cpuSeconds(), written: await messages(bench) };
            const { requests: sent, seconds: elapsed, latencies } = await load(name, place, concurrency, seconds);
            const written = (await messages(bench)) - before.written;
            if (written !== sent) throw new Error(`${name} answered ${sent} messages and wrote ${written}.`);
            samples.add(`${name} rate`, sent / elapsed);
            samples.add(`${name} cpu`, ((servers[name].cpuSeconds() - before.cpu) * 1e6) / sent);
            samples.add(`${name} p50`, percentile(latencies, 0.5));
            samples.add(`${name} p99`, percentile(latencies, 0.99));
          }
          const floor = {
            clients: concurrency,
            seconds: Math.ceil(seconds),
            firstChat: place.first,
            chats: place.chats,
          };
          samples.add('pgbench rate', await pgbench(database.url, floor));
        }
        const medians = (...metrics: Metric[]) => metrics.map((metric) => figure(samples.median(metric)));
        rows.push([
          `${concurrency} ${place.name}`,
          ...medians('parley rate', 'bare rate', 'pgbench rate'),
          figure(samples.ratio('parley rate', 'bare rate')),
          medians('parley cpu', 'bare cpu').join(' / '),
          medians('parley p50', 'bare p50').join(' / '),
          medians('parley p99', 'bare p99').join(' / '),
        ]);
        bench.log(rows.at(-1)!.join('  '));
      }
    }
  } finally {
    await Promise.all([servers.parley.stop(), servers.bare.stop()]);
  }
  return [
    {
      heading: '`sendMessage`, end to end: messages a second',
      text: 'Parley / the bare handler, where there are two figures.',
      table: {
        columns: [
          'at once',
          'Parley',
          '`node:http` + `pg`',
          'pgbench',
          'Parley ÷ bare',
          'server CPU in µs',
          'p50 in ms',
          'p99 in ms',
        ],
        rows,
      },
    },
  ];
};

async function seed({ database: { pool } }: Bench): Promise<void> {
  await addUsers(pool, SENDERS);
  const own = { member: `((chat - ${FIRST}) / ${CHATS_OF_EACH})`, members: 1, position: 1 };
  await addChats(pool, { ...own, first: FIRST, count: HOT - FIRST });
  await addChats(pool, { first: HOT, count: 1, member: 'm', members: SENDERS, position: 1 });
  await settle(pool);
}

/** The number of messages in the log, from the positions. Counting the rows would take long. */
async function messages({ database: { pool } }: Bench): Promise<number> {
  const { rows } = await pool.query<{ sum: string }>('SELECT sum(position) FROM chat WHERE id BETWEEN $1 AND $2', [
    rowId('chat', FIRST),
    rowId('chat', HOT),
  ]);
  return Number(rows[0]!.sum);
}
