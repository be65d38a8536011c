import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
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

test('times are right whatever zone the database is configured for', async () => {
  const admin = await database.connect();
  await admin.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET timezone = 'Asia/Tokyo'`);
  const { db } = await open();
  const written = new Date('2026-07-01T12:34:56.789Z');

  const { id } = await db.user.create({ data: { username: 'ada', displayName: 'Ada', createdAt: written } });

  await expect(db.user.findUniqueOrThrow({ where: { id } })).resolves.toMatchObject({ createdAt: written });
  const { rows } = await admin.query('SELECT created_at FROM "user"');
  expect(rows).toEqual([{ created_at: written }]);
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
  ['127.0.0.1:5432/parley', /DATABASE_URL is not the address of a PostgreSQL database: write it as/],
  ['postgresql://127.0.0.1:1/parley', /127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\): start it, or correct/],
])('an address that leads nowhere is told: %s', async (url, message) => {
  await expect(openDatabase({ url, dataDir: 'memory://' })).rejects.toThrow(message);
});

test('a database that does not exist is told, and DIRECT_URL by its name', async () => {
  const missing = `${database.url}_missing`;
  await expect(openDatabase({ url: missing, dataDir: 'memory://' })).rejects.toThrow(
    /has no database.*or correct DATABASE_URL/,
  );
  await expect(openDatabase({ url: database.url, directUrl: missing, dataDir: 'memory://' })).rejects.toThrow(
    /has no database.*or correct DIRECT_URL/,
  );
});
