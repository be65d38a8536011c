import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Question } from './servers/probe.ts';

/** The servers under test have one core, everything that loads them has the other. */
const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Of /proc: the kernel counts CPU time in hundredths of a second for user space. */
const TICKS_PER_SECOND = 100;
const START_TIMEOUT = 30_000;

export const pinned = (core: number, command: readonly string[]): readonly [string, string[]] => [
  'taskset',
  ['-c', String(core), ...command],
];

/** Moves this process, with all its threads, to the core of the load. */
export function pinSelf(): void {
  execFileSync('taskset', ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
}

export interface ServerOptions {
  /** Node's own. */
  flags: readonly string[];
  /** A compiled script that prints its address once it listens. */
  script: string;
  /** Loaded before it: answers the bench. */
  probe: string;
  env: Record<string, string>;
  core?: number;
  /** Where a CPU profile is written when it stops, of all that it did once it had started. */
  profile?: string | undefined;
}

/** A server under test: a process of its own, on a core of its own. */
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
      // With PATH and HOME alone: nothing that this process was configured with reaches the server by chance.
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

  /** User and system time that it has used so far, of all its threads. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.#child.pid!);
  }

  /** Asks the probe. */
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
  // The second field is the name, in parentheses, and may hold anything: utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /http:\/\/[^\s/]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
      // A server that complains is not measured unseen.
      if (line.startsWith('{')) console.warn(line);
    });
  });
}

const rejectAfter = (ms: number, message: string) =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(message)), ms).unref();
  });

/** CPU time of this process, which generates the load. */
export function loadCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
