import { accessSync, constants, existsSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { DatabaseUnavailableError, sqlState } from './errors.ts';
import type { FolderGuard } from './folder-guard.ts';

/** The space of two segments of PostgreSQL's write-ahead log, in bytes. With less it does not start. */
const LEAST_SPACE = 32 * 1024 * 1024;

/** An error that says why the embedded database could not be opened, and what to do about it. */
export function explain(error: unknown, folder: string): DatabaseUnavailableError {
  if (error instanceof DatabaseUnavailableError) return error;
  const what = `The embedded database in ${folder} cannot be opened`;
  const advice = isFull(error, folder)
    ? 'the disk is full. Nothing is lost: make room, and start again.'
    : isClosed(error, folder)
      ? 'the folder cannot be read and written. Correct its permissions, or name another in DATA_DIR.'
      : 'it is damaged. Restore the folder from a copy, or move it away to begin anew.';
  return new DatabaseUnavailableError(`${what}: ${advice}`, { cause: error });
}

/** A failed start rarely passes on PostgreSQL's error, so the free space is checked as well. */
function isFull(error: unknown, folder: string): boolean {
  if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT' || isOutOfResources(error)) return true;
  const { bavail, bsize } = statfsSync(dirname(folder));
  return bavail * bsize < LEAST_SPACE;
}

function isClosed(error: unknown, folder: string): boolean {
  if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) return true;
  try {
    accessSync(existsSync(folder) ? folder : dirname(folder), constants.R_OK | constants.W_OK | constants.X_OK);
    return false;
  } catch {
    return true;
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : undefined);

/** SQLSTATE classes: insufficient resources, error of the system, internal error. */
const isOutOfResources = (error: unknown) => codeOf(error)?.startsWith('53') ?? false;
const isBroken = (error: unknown) =>
  /^(53|58|XX)/.test(sqlState(error) ?? '') ||
  // A trap of WebAssembly.
  (error instanceof Error && error.name === 'RuntimeError');

/**
 * Ends the process when the database cannot continue: after a write that failed because the disk is full, it may hang
 * in the next statement. Acknowledged writes are in the folder, and a supervisor can start the server again.
 */
export function endWithDatabase(pglite: PGlite, guard: FolderGuard, unlock: () => void): void {
  const execute = pglite.execProtocolRawSync.bind(pglite);
  pglite.execProtocolRawSync = (message) => guard.watch(() => execute(message));
  const end = (error: unknown) => {
    if (!isBroken(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    unlock();
    writeSync(
      2,
      `The embedded database cannot go on (${reason}): the server ends. What it had acknowledged is kept; make room on the disk if it is full, and start again.\n`,
    );
    process.exit(1);
  };
  const [run, stream] = [pglite.execProtocol.bind(pglite), pglite.execProtocolStream.bind(pglite)];
  pglite.execProtocol = (...args) => run(...args).catch(end);
  pglite.execProtocolStream = (...args) => stream(...args).catch(end);
}
