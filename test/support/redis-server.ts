import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface RedisServer {
  url: string;
  port: number;
  /** Starts it again after `kill`, empty and on the same port. */
  start(): Promise<void>;
  /** Sends SIGKILL, which clients see as a crash. */
  kill(): Promise<void>;
  /** Sends SIGSTOP: the kernel still accepts connections, but nobody answers. */
  freeze(): void;
  thaw(): void;
}

/** A redis-server for one test, on a free port, which the test can kill and freeze. It ends with the test's process. */
export async function startRedisServer(...args: string[]): Promise<RedisServer> {
  const port = await freePort();
  let process_ = await launch(port, args);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      process_ = await launch(port, args);
    },
    async kill() {
      if (process_.exitCode !== null || process_.signalCode !== null) return;
      process_.kill('SIGKILL');
      await once(process_, 'exit');
    },
    freeze: () => void process_.kill('SIGSTOP'),
    thaw: () => void process_.kill('SIGCONT'),
  };
}

async function launch(port: number, args: string[]) {
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...args], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => void redis.kill('SIGKILL');
  process.once('exit', end);
  redis.once('exit', () => process.off('exit', end));
  await once(redis, 'spawn'); // rejects if redis-server is not installed
  for await (const line of createInterface(redis.stdout))
    if (line.includes('Ready to accept connections')) return redis;
  throw new Error(`redis-server did not start on port ${port}`);
}
