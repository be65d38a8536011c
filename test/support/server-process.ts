import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ServerProcess {
  port: number;
  pid: number;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  /** Sends SIGTERM, and resolves with the exit code. */
  terminate(): Promise<number | null>;
}

/**
 * Starts Parley as operators do: in a process and an environment of its own. It ends with the test's process.
 * @param cwd the folder of another build
 */
export async function startServerProcess(env: Record<string, string>, cwd = process.cwd()): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return (await exited)[0];
  };
  return {
    port: await portOf(child),
    pid: child.pid!,
    kill: async () => void (await stop('SIGKILL')),
    terminate: () => stop('SIGTERM'),
  };
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  const lines = createInterface(stdout!);
  for await (const line of lines) {
    const [, port] = /GraphiQL\s+http:\/\/[^/]*:(\d+)\//.exec(line) ?? [];
    // The pipe is still read, because a full pipe would block the process.
    if (port) return (stdout!.resume(), Number(port));
  }
  throw new Error('The server ended before it ran.');
}
