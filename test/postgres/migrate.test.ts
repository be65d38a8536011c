import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Migration, migrate, readMigrations } from '../../src/database/migrate.ts';
import { pgConnection } from '../../src/database/migration-connection.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';
import { until } from '../support/until.ts';

let database: EmptyDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

const migrateOn = async (migrations?: Migration[]) => migrate(pgConnection(await database.connect()), migrations);

const one = { name: '1_one', script: 'CREATE TABLE one (id int); INSERT INTO one VALUES (1); SELECT pg_sleep(0.1);' };
const two = { name: '2_two', script: `CREATE TABLE two (text text DEFAULT 'a;b'); INSERT INTO two DEFAULT VALUES;` };
const broken = { name: '2_broken', script: 'INSERT INTO one VALUES (2); SELECT 1 / 0;' };

test('four servers that start at once apply each migration once', async () => {
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrateOn([one, two])));

  expect(applied.flat()).toEqual(['1_one', '2_two']);
  const client = await database.connect();
  expect((await client.query('SELECT * FROM one')).rows).toEqual([{ id: 1 }]);
  expect((await client.query('SELECT * FROM two')).rows).toEqual([{ text: 'a;b' }]);
});

test('an applied migration is recorded as Prisma records it', async () => {
  await migrateOn([one]);

  const { rows } = await (await database.connect()).query('SELECT * FROM _prisma_migrations');
  expect(rows).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: '4e199e98b00b68560426ebb92a1dfe6f938c9da8f8cea771bf00c508ad458293',
      migration_name: '1_one',
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      applied_steps_count: 1,
      logs: null,
      rolled_back_at: null,
    },
  ]);
});

test('a failed migration leaves nothing, is reported, and is tried again by the next start', async () => {
  await expect(migrateOn([one, broken])).rejects.toThrow(/2_broken failed and was undone: division by zero/);
  await expect(migrateOn([one, broken, { ...two, name: '3_two' }])).rejects.toThrow(/2_broken failed and was undone/);

  const client = await database.connect();
  expect((await client.query('SELECT * FROM one')).rows).toEqual([{ id: 1 }]);
  expect((await client.query(`SELECT to_regclass('two') AS two`)).rows).toEqual([{ two: null }]);

  await expect(migrateOn([one, { ...broken, script: two.script }])).resolves.toEqual(['2_broken']);
});

test('a migration that cannot be recorded is undone', async () => {
  await migrateOn([one]);
  const unrecorded = {
    ...two,
    script: `${two.script} ALTER TABLE _prisma_migrations ADD CHECK (migration_name <> '2_two')`,
  };
  await expect(migrateOn([one, unrecorded])).rejects.toThrow(/2_two failed and was undone/);

  const client = await database.connect();
  expect((await client.query(`SELECT to_regclass('two') AS two`)).rows).toEqual([{ two: null }]);
});

test('a migration whose server is killed while it runs is undone and tried again', async () => {
  const client = await database.connect();
  client.on('error', () => undefined);
  const slow = { name: '1_slow', script: `${two.script} SELECT pg_sleep(60);` };
  const killed = migrate(pgConnection(client), [slow]);
  const admin = await database.connect();
  await until(async () => {
    const { rowCount } = await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    );
    return rowCount === 1;
  });
  await expect(killed).rejects.toThrow(/1_slow failed and was undone/);

  await expect(migrateOn([{ ...slow, script: two.script }])).resolves.toEqual(['1_slow']);
});

test('a migration that Prisma’s own tool left unfinished stops the start until an operator has resolved it', async () => {
  await migrateOn([one]);
  const client = await database.connect();
  await client.query('UPDATE _prisma_migrations SET finished_at = NULL');

  await expect(migrateOn([one, two])).rejects.toThrow(/1_one failed earlier \(it was interrupted\)/);

  // The step that the message asks for.
  await client.query(
    `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '1_one' AND finished_at IS NULL`,
  );
  await client.query('DROP TABLE one');
  await expect(migrateOn([one, two])).resolves.toEqual(['1_one', '2_two']);
});

test('a database that a newer version migrated is refused, unless the migration is declared compatible', async () => {
  await migrateOn([one, { ...two, script: `-- parley: compatible\n${two.script}` }]);
  await expect(migrateOn([one])).resolves.toEqual([]);

  await migrateOn([one, two, { name: '3_three', script: 'CREATE TABLE three (id int)' }].toSpliced(1, 1));
  await expect(migrateOn([one])).rejects.toThrow(
    /has the migration 3_three, which this version of Parley does not know: start a newer version/,
  );
});

test('a migration of the same name with another script is refused; other line endings are accepted', async () => {
  const lines = { name: '1_lines', script: 'CREATE TABLE lines (\nid int\n)' };
  await migrateOn([lines]);

  await expect(migrateOn([{ ...lines, script: lines.script.replaceAll('\n', '\r\n') }])).resolves.toEqual([]);
  await expect(migrateOn([{ ...lines, script: 'CREATE TABLE lines (id text)' }])).rejects.toThrow(
    /migration 1_lines of the database is another than that of this version/,
  );
});

test('the database of another application is left alone', async () => {
  await (await database.connect()).query('CREATE TABLE theirs (id int)');

  await expect(openDatabase({ url: database.url, dataDir: 'memory://' })).rejects.toThrow(
    /tables of another application/,
  );
  const { rows } = await (
    await database.connect()
  ).query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  expect(rows).toEqual([{ tablename: 'theirs' }]);
});

test('the migrations create the partial and the trigram indexes', async () => {
  await migrateOn(readMigrations());

  const { rows } = await (await database.connect()).query<{ indexdef: string }>('SELECT indexdef FROM pg_indexes');
  const indexes = rows.map(({ indexdef }) => indexdef);
  expect(indexes).toContainEqual(expect.stringMatching(/UNIQUE.*\(direct_pair\) WHERE \(deleted_at IS NULL\)/));
  expect(indexes).toContainEqual(
    expect.stringMatching(/USING gin \(username gin_trgm_ops, display_name gin_trgm_ops\)/),
  );
});
