import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createInterface } from 'node:readline';
import { inject, onTestFinished } from 'vitest';

/** The command as npm has installed it. */
export const parley = join(inject('installed'), 'node_modules/.bin/parley');

/** The environment of a shell, with no settings of Parley except the given ones. */
const environment = (settings: Record<string, string>) => ({
  ...{ PATH: process.env.PATH, HOME: process.env.HOME },
  ...{ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...settings },
});

export interface Surroundings {
  cwd: string;
  settings?: Record<string, string>;
  /** Standard input; empty by default. */
  input?: string;
}

/** Runs a program until it ends. */
export async function run(program: string, args: string[], { cwd, settings = {}, input = '' }: Surroundings) {
  const child = spawn(program, args, { cwd, env: environment(settings) });
  child.stdin.on('error', () => undefined).end(input);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: (await exited)[0], stdout, stderr };
}

/** Runs a shell command at a terminal. Each prompt is answered once it appears. */
export async function type(command: string, cwd: string, answers: [prompt: string, answer: string][]) {
  // `script` creates the terminal.
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: environment({}) });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let stdout = '';
  let heard = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    const [prompt, answer] = answers[0] ?? [];
    if (prompt === undefined || !stdout.slice(heard).includes(prompt)) return;
    heard = stdout.length;
    answers.shift();
    child.stdin.write(`${answer}\r`);
  });
  const [code] = await exited;
  return { code, stdout };
}

/** Starts a server, and resolves once it runs. */
export async function serve(program: string, args: string[], { cwd, settings = {} }: Surroundings) {
  // It is in a process group of its own, so that everything that it starts can be ended with it.
  const child = spawn(program, args, {
    ...{ cwd, env: environment(settings), detached: true },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => endGroup(child));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const { url, printed } = await ready(child);
  return {
    url,
    /** The lines that it printed until it ran. */
    printed,
    /** Signals only the started process, and resolves with its exit code. */
    async terminate(): Promise<number | null> {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

async function ready(child: ChildProcess): Promise<{ url: string; printed: string[] }> {
  const printed: string[] = [];
  for await (const line of createInterface(child.stdout!)) {
    printed.push(line);
    const [, url] = /Chat\s+(http:\S+)\//.exec(line) ?? [];
    if (url) return (child.stdout!.resume(), { url, printed });
  }
  throw new Error(`It ended before it ran: ${printed.join('\n')}`);
}

function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL');
  } catch {
    // No process is left.
  }
}

/** Creates an empty folder that exists until the test file has ended. */
export async function emptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'parley-home-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Sends an operation to the API, and returns the result of its only field. */
export async function ask(url: string, query: string, variables: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data } = (await response.json()) as { data: Record<string, Record<string, unknown>> };
  return Object.values(data)[0]!;
}

export const signIn = (url: string, username: string, password: string) =>
  ask(
    url,
    `mutation ($input: SignInInput!) { signIn(input: $input) {
      ... on Session { accessToken refreshToken } ... on Error { code } } }`,
    { input: { username, password } },
  );
