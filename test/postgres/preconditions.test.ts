import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { checkDatabase } from '../../src/database/check.ts';
import { migrate } from '../../src/database/migrate.ts';
import { pgConnection } from '../../src/database/migration-connection.ts';
import { openDatabase } from '../../src/database/open.ts';
import { complaint, untested, type ServerFacts } from '../../src/database/preconditions.ts';
import { createEmptyDatabase, type EmptyDatabase } from '../support/empty-database.ts';

let database: EmptyDatabase;
let admin: pg.Client;
let role: string;
/** The address, with additions, for a role with a password of its own that owns nothing. */
let asRole: (query?: string) => string;

async function prepare(settings?: string) {
  const made = (database = await createEmptyDatabase(settings));
  onTestFinished(() => made.drop());
  admin = await database.connect();
}

beforeEach(async () => {
  role = `parley_test_${randomBytes(6).toString('hex')}`;
  // The role is removed after the database, in which it has permissions.
  onTestFinished(async () => {
    const server = new pg.Client({ connectionString: database.url.replace(/[^/]*$/, 'postgres') });
    await server.connect();
    await server.query(`DROP ROLE ${role}`).finally(() => server.end());
  });
  await prepare();
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
  asRole = (query = '') => {
    const url = new URL(database.url);
    url.username = role;
    url.password = 'p';
    return `${url.href}${query}`;
  };
});

async function open(url: string, more: { directUrl?: string; report?: (sentence: string) => void } = {}) {
  const opened = await openDatabase({ url, dataDir: 'memory://', poolSize: 2, ...more });
  onTestFinished(() => opened.close());
  return opened;
}

const refusal = (url: string, directUrl?: string) =>
  open(url, directUrl === undefined ? {} : { directUrl }).then(
    () => 'It opened.',
    (error: Error) => `${error.name}: ${error.message}`,
  );

const tables = async () => {
  const { rows } = await admin.query<{ place: string }>(
    `SELECT schemaname || '.' || tablename AS place FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  return rows.map(({ place }) => place);
};

describe('the schema', () => {
  const works = async (url: string, schema: string) => {
    const { db, statement } = await open(url);
    const { id } = await db.user.create({ data: { username: 'ada', displayName: 'Анна' } });
    const data = { kind: 'GROUP', createdById: id, createdAt: new Date(), lastActivityAt: new Date() } as const;
    await db.chat.create({ data: { ...data, position: 1, rightsVersion: 1 } });
    await expect(db.chat.findMany({ where: { kind: 'GROUP' } })).resolves.toHaveLength(1);
    await expect(db.user.findMany({ where: { displayName: { contains: 'нна' } } })).resolves.toHaveLength(1);
    const { Prisma } = await import('../../src/database/generated/client.ts');
    await expect(statement(Prisma.sql`SELECT username FROM "user"`)).resolves.toEqual([{ username: 'ada' }]);
    expect(new Set((await tables()).map((place) => place.split('.')[0]))).toEqual(new Set([schema]));
  };

  test('a role with a schema of its own name uses that schema', async () => {
    await admin.query(`CREATE EXTENSION pg_trgm; CREATE SCHEMA ${role} AUTHORIZATION ${role}`);
    await works(asRole(), role);
  });

  test('the search path of the address is used', async () => {
    await admin.query('CREATE SCHEMA chat');
    await works(`${database.url}?options=-c%20search_path%3Dchat`, 'chat');
  });

  test('?schema= is used, whatever the name of the schema', async () => {
    await admin.query('CREATE SCHEMA "My Chat"');
    await works(`${database.url}?schema=My%20Chat`, 'My Chat');
  });

  test('two deployments can use two schemas of one database', async () => {
    await admin.query('CREATE SCHEMA one; CREATE SCHEMA two');
    const one = await open(`${database.url}?schema=one`);
    expect(await refusal(`${database.url}?schema=two`)).toMatch(
      /pg_trgm is in the schema one, which is not in the search path: ALTER EXTENSION pg_trgm SET SCHEMA public/,
    );
    await admin.query('ALTER EXTENSION pg_trgm SET SCHEMA public');
    const two = await open(`${database.url}?schema=two`);
    expect(one.deploymentId).not.toBe(two.deploymentId);
  });

  test('a schema that does not exist is refused, and nothing is written', async () => {
    expect(await refusal(`${database.url}?schema=missing`)).toMatch(
      /^DatabaseUnavailableError: The schema missing of DATABASE_URL is not where .* works: create it/,
    );
    expect(await tables()).toEqual([]);
  });

  test('tables in one schema and queries to another are refused', async () => {
    await migrate(pgConnection(await database.connect()));
    await admin.query(`CREATE SCHEMA ${role} AUTHORIZATION ${role}`);
    expect(await refusal(asRole())).toMatch(
      new RegExp(
        `works in the schema ${role}, but there are tables .* in public: name the one that you mean with \\?schema=`,
      ),
    );

    await admin.query('CREATE SCHEMA other');
    expect(await refusal(database.url, `${database.url}?options=-c%20search_path%3Dother,public`)).toMatch(
      /works in the schema other, but/,
    );
    expect(await refusal(database.url, `${database.url}?schema=other`)).toMatch(
      /^DatabaseUnavailableError: DATABASE_URL leads to the schema public of .*, DIRECT_URL to the schema other/,
    );
    expect((await tables()).filter((place) => !place.startsWith('public.'))).toEqual([]);
  });
});

test('a database that is not UTF-8 is refused, and nothing is written', async () => {
  await prepare(`ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
  expect(await refusal(database.url)).toMatch(
    /^DatabaseUnavailableError: The database .* has the encoding LATIN1, .*: create one with ENCODING 'UTF8'/,
  );
  expect(await tables()).toEqual([]);
});

test('a read-only database is refused', async () => {
  await migrate(pgConnection(await database.connect()));
  await admin.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
  expect(await refusal(asRole())).toMatch(/is read-only for .*: turn default_transaction_read_only off/);
});

describe('rights', () => {
  test('each missing permission is named, and with all of them the server starts', async () => {
    const { pathname } = new URL(database.url);
    expect(await refusal(asRole())).toMatch(
      `The role ${role} may not create tables in the schema public: GRANT CREATE ON SCHEMA public TO ${role}.`,
    );
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
    expect(await refusal(asRole())).toMatch(
      `The role ${role} may not create the extension pg_trgm: GRANT CREATE ON DATABASE ${pathname.slice(1)} TO ${role}`,
    );
    // `parley check` finds it as well.
    const options = { url: asRole(), dataDir: 'memory://' };
    await expect(checkDatabase(options)).rejects.toThrow(/may not create the extension pg_trgm/);
    expect(await tables()).toEqual([]);
    await admin.query(`GRANT CREATE ON DATABASE ${pathname.slice(1)} TO ${role}`);
    await expect(checkDatabase(options)).resolves.toMatch(/^PostgreSQL .*: the next start applies .*_core/);
    expect(await tables()).toEqual([]);
    expect(await refusal(asRole())).toBe('It opened.');
    await expect(checkDatabase(options)).resolves.toMatch(/^PostgreSQL \d+, database .* at .*: up to date$/);
  });

  test('a role that may only read and write starts on a migrated database; a role without that does not', async () => {
    await migrate(pgConnection(await database.connect()));
    expect(await refusal(asRole())).toMatch(/refuses what Parley needs .*_prisma_migrations.*: grant it to the role/);
    await admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
    expect(await refusal(asRole())).toMatch(
      /may not read and write .*\bchat, chat_member, .*: GRANT SELECT, INSERT, UPDATE/,
    );
    await admin.query(`GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
    expect(await refusal(asRole())).toBe('It opened.');
  });

  test('a role without any schema is refused with that reason', async () => {
    await admin.query('REVOKE ALL ON SCHEMA public FROM public');
    expect(await refusal(asRole())).toMatch(/has no schema to work in: GRANT USAGE, CREATE ON SCHEMA public/);
  });
});

describe('addresses', () => {
  test('the address of a socket and sslmode=prefer mean the same as for psql', async () => {
    const { rows } = await admin.query<{ folder: string; port: string; name: string }>(
      `SELECT split_part(current_setting('unix_socket_directories'), ',', 1) AS folder,
              current_setting('port') AS port, current_database() AS name`,
    );
    const { folder, port, name } = rows[0]!;
    const user = new URL(database.url).username;
    expect(await refusal(`postgresql://${user}@:${port}/${name}?host=${folder}`)).toBe('It opened.');
    expect(await refusal(`postgresql://${user}@/${name}?host=${folder}&port=${port}`)).toBe('It opened.');
    expect(await refusal(`${database.url}?sslmode=prefer`)).toBe('It opened.');
    const { rows: tls } = await admin.query<{ ssl: string }>('SHOW ssl');
    // An unsigned certificate is enough for `require`, as for psql.
    expect(await refusal(`${database.url}?sslmode=require`)).toMatch(
      tls[0]!.ssl === 'on' ? /^It opened\.$/ : /does not offer TLS: turn it on there, or write sslmode=prefer/,
    );
  });
});

describe('other servers', () => {
  const facts: ServerFacts = {
    version: 14,
    encoding: 'UTF8',
    standby: false,
    readOnly: false,
    schema: 'public',
    migratedSchema: null,
    role: 'parley',
    database: 'chat',
  };

  test('PostgreSQL 14 to 18 are accepted, 13 is refused, and 19 is accepted with a warning', async () => {
    for (const version of [14, 18]) {
      expect(complaint({ ...facts, version }, 'DATABASE_URL', undefined)).toBeUndefined();
      expect(untested({ ...facts, version })).toBeUndefined();
    }
    expect(complaint({ ...facts, version: 13 }, 'DATABASE_URL', undefined)).toMatch(/needs PostgreSQL 14 to 18/);
    expect(untested({ ...facts, version: 19 })).toMatch(/PostgreSQL 19 is newer/);
    const report = vi.fn();
    await open(database.url, { report });
    expect(report).not.toHaveBeenCalled();
  });

  test('a standby is refused', () => {
    const standby = { ...facts, standby: true, readOnly: true };
    expect(complaint(standby, 'DATABASE_URL', undefined)).toMatch(/^DATABASE_URL leads to a standby/);
  });
});
