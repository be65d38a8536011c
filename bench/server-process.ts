import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Question } from './servers/probe.ts';

/** The servers under test have one core, and everything that loads them has the other. */
const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** In /proc, Linux reports CPU time to user space in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const START_TIMEOUT = 30_000;

export const pinned = (core: number, command: readonly string[]): readonly [string, string[]] => [
  'taskset',
  ['-c', String(core), ...command],
];

/** Moves this process, with all its threads, to the core of the load generator. */
export function pinSelf(): void {
  execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
}

export interface ServerOptions {
  /** Flags for Node. */
  flags: readonly string[];
  /** A compiled script that prints its address when it listens. */
  script: string;
  /** A script that is loaded before the server's and answers the bench. */
  probe: string;
  env: Record<string, string>;
  core?: number;
  /** The file for a CPU profile of the server from its start to its end, without the loading of modules. */
  profile?: string | undefined;
}

/** A server under test, in a process of its own on a core of its own. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #profile: string | undefined;

  private constructor(child: ChildProcess, port: number, profile: string | undefined) {
    this.#child = child;
    this.port = port;
    this.#profile = profile;
  }

  static async start({
    flags,
    script,
    probe,
    env,
    core = SERVER_CORE,
    profile,
  }: ServerOptions): Promise<ServerProcess> {
    const node = [process.execPath, ...flags, '--expose-gc', '--import', probe, script];
    const child = spawn(...pinned(core, node), {
      // Only PATH and HOME are passed on, so that no setting of this process reaches the server by chance.
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const port = await Promise.race([
      portOf(child),
      once(child, 'exit').then(([code]) =>
        Promise.reject(new Error(`${script} exited with ${code} before it listened.`)),
      ),
      rejectAfter(START_TIMEOUT, `${script} did not listen in time.`),
    ]);
    const server = new ServerProcess(child, port, profile);
    if (profile !== undefined) await server.ask('begin profile');
    return server;
  }

  /** User and system time of all its threads so far. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid!);
  }

  /** Asks the probe a question. */
  async ask<Answer>(question: Question): Promise<Answer> {
    const answered = once(this.#child, 'message');
    this.#child.send(question);
    const [answer] = await answered;
    return answer as Answer;
  }

  async stop(): Promise<void> {
    if (this.#profile !== undefined) await this.ask({ writeProfile: this.#profile });
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}

function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the name, in parentheses, and may contain anything. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /http:\/\/[^\s/]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
      // Warnings and errors of the server are shown, because they would distort the measurement.
      if (line.startsWith('{')) console.warn(line);
    });
  });
}

const rejectAfter = (ms: number, message: string) =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(message)), ms).unref();
  });

/** The CPU time of this process, which generates the load. */
export function loadCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
