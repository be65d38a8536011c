import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface EmptyDatabase {
  url: string;
  /** Opens a connection that `drop` closes. */
  connect(): Promise<pg.Client>;
  drop(): Promise<void>;
}

/** Creates an empty PostgreSQL database, for tests of what happens before the migrations. */
export async function createEmptyDatabase(settings = ''): Promise<EmptyDatabase> {
  const database = inject('database');
  if (!('url' in database)) throw new Error('This needs the project postgres.');
  const clients: pg.Client[] = [];
  const connect = async (connectionString: string) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    clients.push(client);
    return client;
  };
  const admin = await connect(database.url);
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name} ${settings}`);
  const url = new URL(database.url);
  url.pathname = name;
  return {
    url: url.href,
    connect: () => connect(url.href),
    drop: async () => {
      await Promise.all(clients.filter((client) => client !== admin).map((client) => client.end()));
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
