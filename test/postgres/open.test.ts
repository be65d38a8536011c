import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Prisma } from '../../src/database/generated/client.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';

let database: EmptyDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

async function open() {
  const opened = await openDatabase({ url: database.url, dataDir: 'memory://' });
  onTestFinished(() => opened.close());
  return opened;
}

test('times are right in any time zone of the database', async () => {
  const admin = await database.connect();
  await admin.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET timezone = 'Asia/Tokyo'`);
  const { db } = await open();
  const written = new Date('2026-07-01T12:34:56.789Z');

  const { id } = await db.user.create({ data: { username: 'ada', displayName: 'Ada', createdAt: written } });

  await expect(db.user.findUniqueOrThrow({ where: { id } })).resolves.toMatchObject({ createdAt: written });
  const { rows } = await admin.query('SELECT created_at FROM "user"');
  expect(rows).toEqual([{ created_at: written }]);
});

test('no connection uses JIT compilation, which would take longer than the statements', async () => {
  const opened = await open();
  const show = Prisma.sql`SELECT current_setting('jit') AS jit, pg_backend_pid() AS pid FROM pg_sleep(0.05)`;
  const ask = [opened.statement, opened.reserve, (sql: Prisma.Sql) => opened.db.$queryRaw(sql)];
  const answers = await Promise.all(
    ask.flatMap((on) => Array.from({ length: 5 }, async () => (await on(show)) as [{ jit: string; pid: number }])),
  );
  const settings = answers.map(([row]) => row);
  expect(new Set(settings.map(({ pid }) => pid)).size).toBeGreaterThan(4);
  expect(settings.map(({ jit }) => jit)).toEqual(settings.map(() => 'off'));
});

test('broken connections are replaced, and the process lives', async () => {
  const { db, pool } = await open();
  await Promise.all(Array.from({ length: 5 }, () => db.user.count()));
  const broken = new Promise((resolve) => pool?.once('error', resolve));
  const admin = await database.connect();

  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await broken;

  await expect.poll(() => db.user.count().catch(() => 'not yet')).toBe(0);
});

test.each([
  ['127.0.0.1:5432/parley', /DATABASE_URL must be an address that begins with postgresql:/],
  ['postgresql://127.0.0.1:1/parley', /127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\): start it, or correct/],
])('an address that cannot be reached is reported: %s', async (url, message) => {
  await expect(openDatabase({ url, dataDir: 'memory://' })).rejects.toThrow(message);
});

test('a database that does not exist is reported, and DIRECT_URL by its name', async () => {
  const missing = `${database.url}_missing`;
  await expect(openDatabase({ url: missing, dataDir: 'memory://' })).rejects.toThrow(
    /has no database.*or correct DATABASE_URL/,
  );
  await expect(openDatabase({ url: database.url, directUrl: missing, dataDir: 'memory://' })).rejects.toThrow(
    /has no database.*or correct DIRECT_URL/,
  );
});
