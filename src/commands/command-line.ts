import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../package-root.ts';
import { runCommand } from './run.ts';

interface Command {
  /** The names of its arguments, in order. All are required. */
  arguments: string[];
  about: string;
  /** Loads the command's code only when it runs: `--help` answers at once. */
  load(): Promise<(...args: string[]) => Promise<void>>;
}

const commands: Record<string, Command> = {
  start: {
    arguments: [],
    about: 'Starts the server. SIGTERM or SIGINT stops it.',
    load: async () => (await import('./start.ts')).start,
  },
  check: {
    arguments: [],
    about: 'Checks the configuration, the database and Redis. Writes nothing.',
    load: async () => (await import('./check.ts')).check,
  },
  migrate: {
    arguments: [],
    about: 'Brings the database up to date, as `start` does, and ends.',
    load: async () => (await import('./migrate.ts')).migrate,
  },
  restored: {
    arguments: [],
    about: 'Run it after the database was restored from a backup, before the servers start.',
    load: async () => (await import('./restored.ts')).restored,
  },
  seed: {
    arguments: [],
    about: 'Fills a demo: the accounts ada, grace and linus, and their chats.',
    load: async () => (await import('./seed.ts')).seed,
  },
  'export-user': {
    arguments: ['username'],
    about: 'Writes everything of a user to standard output, as JSON Lines.',
    load: async () => (await import('./export-user.ts')).exportUser,
  },
  'set-password': {
    arguments: ['username'],
    about: 'Gives a user a new password, read from standard input, and ends their sessions.',
    load: async () => (await import('./set-password.ts')).setPassword,
  },
};

const usageOf = (name: string): string =>
  ['parley', name, ...(commands[name]?.arguments ?? []).map((argument) => `<${argument}>`)].join(' ');

function help(): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => usageOf(name).length)) + 2;
  const rows = names.map((name) => `  ${usageOf(name).padEnd(width)}${commands[name]?.about}`);
  return [
    'Usage: parley <command>',
    '',
    ...rows,
    '',
    '  parley --help, -h'.padEnd(width + 2) + 'Shows this.',
    '  parley --version, -v'.padEnd(width + 2) + 'Shows the version.',
    '',
    'Every command reads the same environment variables as the server; README.md lists them.',
    'With the embedded database stop the server first: one process at a time can use it.',
  ].join('\n');
}

const version = (): string =>
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;

/** Sets the exit code to 2 if the command line is wrong, and to 1 if the command fails. */
export async function runCommandLine(args: string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    });
    if (values.version) return console.log(version());
    if (values.help) return console.log(help());
    const [name, ...given] = positionals;
    if (name === undefined) throw new UsageError(help());
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(`There is no command ${name}.\n\n${help()}`);
    if (given.length !== command.arguments.length) throw new UsageError(`Usage: ${usageOf(name)}`);
    const perform = await command.load();
    await runCommand(() => perform(...given));
  } catch (error) {
    if (!(error instanceof UsageError) && !isParseArgsError(error)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

class UsageError extends Error {}

const isParseArgsError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
