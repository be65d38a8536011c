import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.ts';
import { pgConnection, pgliteConnection } from '../../src/database/migration-connection.ts';
import { findServices } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database for this run: the address of PostgreSQL, or the file from which an embedded one starts. */
    database: { url: string } | { image: string };
    /** Null if the in-process PubSub is used. */
    redisUrl: string | null;
  }
}

/** Prepares the databases of one project, once in a run, and returns a function that removes them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return project.name === 'embedded' ? setupEmbedded(project) : setupPostgres(project);
}

async function setupPostgres(project: TestProject): Promise<() => Promise<void>> {
  const services = await findServices();
  if (!services) throw new Error(`The project ${project.name} needs PostgreSQL and Redis.`);
  const { postgresUrl, redisUrl } = services;
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(postgresUrl);
  url.pathname = name;
  await withClient(postgresUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  await withClient(url.href, (client) => migrate(pgConnection(client)));
  project.provide('database', { url: url.href });
  project.provide('redisUrl', redisUrl);
  return () =>
    withClient(postgresUrl, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`)));
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Each file has a database of its own. Opening one from an image takes half a second, and creating one takes three. */
async function setupEmbedded(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-test-'));
  const image = join(directory, 'image.tar');
  const pglite = await PGlite.create({ extensions: { pg_trgm } });
  await migrate(pgliteConnection(pglite));
  const dump = await pglite.dumpDataDir('none');
  await writeFile(image, new Uint8Array(await dump.arrayBuffer()));
  await pglite.close();
  project.provide('database', { image });
  project.provide('redisUrl', null);
  return () => rm(directory, { recursive: true });
}
