import { ConfigError } from '../config/config.ts';
import { DatabaseUnavailableError } from '../database/errors.ts';
import { DomainError } from '../errors.ts';
import { describeError } from '../logger.ts';

/** A command could not do its work. The message is for the person who ran it: what is wrong, and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const expected = [CommandError, ConfigError, DatabaseUnavailableError, DomainError];

/** Runs a command. An expected failure is one message on standard error; any other is a bug, shown with its stack. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(
      isOutOfFiles(error)
        ? 'This process may not open more files: raise its limit to 1024 at least, as with ulimit -n 1024.'
        : expected.some((type) => error instanceof type)
          ? (error as Error).message
          : describeError(error),
    );
    // `exitCode` alone is not enough, because handles that a failed start left open would keep the process alive.
    process.exit(1);
  }
}

const isOutOfFiles = (error: unknown) =>
  error instanceof Error && 'code' in error && ['EMFILE', 'ENFILE'].includes(String(error.code));
