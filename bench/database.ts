import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../src/database/migrate.ts';
import { pgConnection } from '../src/database/migration-connection.ts';

/** A database for the bench, with Parley's migrations. It is dropped when the bench is done. */
export interface BenchDatabase {
  url: string;
  pool: pg.Pool;
  drop(): Promise<void>;
}

export async function createBenchDatabase(serverUrl: string): Promise<BenchDatabase> {
  const name = `parley_bench_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await migrate(pgConnection(client));
  await client.end();
  const pool = new pg.Pool({ connectionString: url.href, max: 8 });
  // `drop` may close the server's side before the last connection has ended.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** Rows of the bench are identified by number, so that every server, and pgbench, can name them. */
const kinds = { user: '1', chat: '2', message: '3' } as const;

export const rowId = (kind: keyof typeof kinds, n: number): string =>
  `${kinds[kind]}0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The same id in SQL, for a number that an expression yields. */
export const sqlId = (kind: keyof typeof kinds, expression: string): string =>
  `('${kinds[kind]}0000000-0000-4000-8000-' || lpad((${expression})::text, 12, '0'))::uuid`;

export async function addUsers(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO "user" (id, username, display_name, membership_version)
     SELECT ${sqlId('user', 'n')}, 'user_' || n, 'User ' || n, 1 FROM generate_series(0, $1::int - 1) n
     ON CONFLICT DO NOTHING`,
    [count],
  );
}

export interface ChatSpec {
  first: number;
  count: number;
  /**
   * An SQL expression for the number of a member, from the chat's number `chat` and the member's number `m`, which
   * begins at 0.
   */
  member: string;
  members: number;
  /** The newest position. The log begins there, as if retention had removed the earlier events. */
  position: number;
}

/** Adds chats that were created long ago, with members and without messages. */
export async function addChats(pool: pg.Pool, { first, count, member, members, position }: ChatSpec): Promise<void> {
  await pool.query(
    `INSERT INTO chat (id, kind, title, created_by_id, created_at, position, rights_version, member_count, last_activity_at)
     SELECT ${sqlId('chat', 'chat')}, 'GROUP', 'Chat ' || chat, ${sqlId('user', member.replaceAll(/\bm\b/g, '0'))}, now(), $3, 1, $4, now()
     FROM generate_series($1::int, $1::int + $2::int - 1) chat`,
    [first, count, position, members],
  );
  await pool.query(
    `INSERT INTO chat_member (chat_id, user_id, role, joined_at, joined_position)
     SELECT ${sqlId('chat', 'chat')}, ${sqlId('user', member)}, (CASE m WHEN 0 THEN 'OWNER' ELSE 'MEMBER' END)::chat_role, now(), 1
     FROM generate_series($1::int, $1::int + $2::int - 1) chat, generate_series(0, $3::int - 1) m`,
    [first, count, members],
  );
}

/** Cleans up after the seeding, so that no measurement pays for its pages and statistics. */
export async function settle(pool: pg.Pool): Promise<void> {
  await pool.query('VACUUM ANALYZE');
  await pool.query('CHECKPOINT');
}
