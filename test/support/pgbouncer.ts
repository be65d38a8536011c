import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { owner } from './postgres-cluster.ts';
import { until } from './until.ts';

/** The path where Debian installs it. */
export const pgbouncerBinary = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

/** Starts a PgBouncer for one test in front of a database, with `sessions` connections to it. It ends with `stop`. */
export async function startPgBouncer(database: string, mode: 'transaction' | 'session', sessions: number) {
  const port = await freePort();
  const { hostname, port: target, username, pathname } = new URL(database);
  const file = join(await mkdtemp(join(tmpdir(), 'parley-pgbouncer-')), 'pgbouncer.ini');
  const settings = `
[databases]
${pathname.slice(1)} = host=${hostname} port=${target || 5432} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = ${sessions}
max_client_conn = 200
`;
  await writeFile(file, settings);
  const { uid, gid } = await owner();
  if (uid !== undefined && gid !== undefined) for (const path of [dirname(file), file]) await chown(path, uid, gid);
  const child = spawn(pgbouncerBinary!, ['-q', file], { uid, gid, cwd: dirname(file), stdio: 'ignore' });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  await until(() => answers(url.href), undefined, 20_000);
  return {
    url: url.href,
    async stop() {
      process.off('exit', end);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await rm(dirname(file), { recursive: true });
    },
  };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
