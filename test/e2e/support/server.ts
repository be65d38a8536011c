import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { DatabaseOptions } from '../../../src/database/open.ts';
import { freePort } from '../../support/free-port.ts';

export interface Server {
  url: string;
  port: number;
  /** Kills it without notice, like a crash. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with the same data, unless it is running. */
  start(): Promise<void>;
  /** Stops it for good, and removes its data. */
  remove(): Promise<void>;
}

interface ServerOptions {
  /** Fills the database before the server starts. */
  prepare?: (options: DatabaseOptions) => Promise<void>;
  /** Environment variables. */
  settings?: Record<string, string>;
}

/** Starts a server as a process of its own, on the database of the running project. */
export async function startServer({ prepare, settings }: ServerOptions = {}): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  const database = inject('database');
  const url = 'url' in database ? database.url : undefined;
  if ('image' in database) await unpack(database.image, join(dataDir, 'postgres'));
  await prepare?.({ url, dataDir, poolSize: 2 });

  const port = await freePort();
  const environment = {
    ...process.env,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: url ?? '',
    REDIS_URL: inject('redisUrl') ?? '',
    JWT_SECRET: 'a secret that only these tests know',
    LOG_LEVEL: 'error',
    ...settings,
  };
  let running: ChildProcess | undefined;
  const isRunning = () => running !== undefined && running.exitCode === null && running.signalCode === null;

  const server: Server = {
    url: `http://127.0.0.1:${port}`,
    port,
    async kill() {
      if (!isRunning()) return;
      const gone = once(running!, 'exit');
      running?.kill('SIGKILL');
      await gone;
    },
    async start() {
      if (isRunning()) return;
      running = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await ready(running);
    },
    async remove() {
      await server.kill();
      await rm(dataDir, { recursive: true });
    },
  };
  await server.start();
  return server;
}

/** Unpacks what a first start would create. `tar` needs no PostgreSQL for it, which takes seconds to start. */
async function unpack(image: string, folder: string): Promise<void> {
  await mkdir(folder);
  await promisify(execFile)('tar', ['-xf', image, '-C', folder]);
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
    server.stdout?.on('data', (text: Buffer) => text.includes('Parley is running') && resolve());
  });
}
