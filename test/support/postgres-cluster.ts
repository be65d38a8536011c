import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

/** The folder with the binaries of the newest PostgreSQL on this machine, as Debian installs them. */
export const postgresBinaries = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .toSorted((a, b) => Number(a) - Number(b))
      .map((version) => join(VERSIONS, version, 'bin'))
      .findLast((folder) => existsSync(join(folder, 'pg_basebackup')))
  : undefined;

export interface PostgresCluster {
  port: number;
  url: string;
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
  /** Ends it without notice to its clients, like a crash. */
  kill(): Promise<void>;
  /** Kills it and removes its files. */
  remove(): Promise<void>;
}

/** Starts a PostgreSQL for one test. It ends with the test's process. */
export async function createPrimary(): Promise<PostgresCluster> {
  const folder = await createFolder();
  await asOwner('initdb', ['-D', folder, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync']);
  return launch(folder);
}

/** Starts an asynchronous standby that follows the primary on a port, which may be a proxy's. */
export async function createStandby(primaryPort: number): Promise<PostgresCluster> {
  const folder = await createFolder();
  const from = ['-h', '127.0.0.1', '-p', String(primaryPort), '-U', 'postgres'];
  await asOwner('pg_basebackup', [...from, '-D', folder, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']);
  return launch(folder);
}

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-cluster-'));
  const { uid, gid } = await owner();
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  return folder;
}

/** The user of a service that refuses to run as root. */
export async function owner(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

const asOwner = async (command: string, args: string[]) =>
  run(join(postgresBinaries!, command), args, { ...(await owner()), cwd: tmpdir() });

async function launch(folder: string): Promise<PostgresCluster> {
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_wal_senders: 4,
    logging_collector: 'off',
    log_min_messages: 'panic',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(postgresBinaries!, 'postgres'), ['-D', folder, ...args], {
    ...(await owner()),
    cwd: folder,
    stdio: 'ignore',
  });
  const end = () => void child.kill('SIGQUIT');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await until(
    () => answers(url, child),
    () => `a PostgreSQL on port ${port}`,
    60_000,
  );
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // SIGQUIT is PostgreSQL's immediate shutdown: it ends its backends and frees its shared memory.
    child.kill('SIGQUIT');
    await once(child, 'exit');
  };
  return {
    port,
    url,
    query: async (sql) => withClient(url, async (client) => (await client.query(sql)).rows),
    kill,
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}.`);
  return withClient(url, async () => true).catch(() => false);
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
