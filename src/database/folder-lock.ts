import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseUnavailableError } from './errors.ts';

/**
 * Claims a folder for this process and returns what gives it back. PGlite has no lock of its own, and a second process
 * in one folder makes it unopenable for good.
 */
export function lockFolder(folder: string): () => void {
  const path = `${folder}.lock`;
  if (!claim(path)) takeOver(path, folder);
  return () => rmSync(path, { force: true });
}

/** The pid alone would not do: after a restart, in a container always, another process has it. */
function claim(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ''}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new DatabaseUnavailableError(
      `The data folder cannot be written to (${path}): correct its permissions, or name another in DATA_DIR.`,
      { cause: error },
    );
  }
}

/** Of two that find the same stale lock one must not remove the other's new one: only who holds the guard removes. */
function takeOver(path: string, folder: string): void {
  const guard = `${path}.takeover`;
  if (!claim(guard)) throw inUse(folder, guard);
  try {
    if (!isStale(path)) throw inUse(folder, path);
    rmSync(path, { force: true });
    if (!claim(path)) throw inUse(folder, path);
  } finally {
    rmSync(guard, { force: true });
  }
}

function isStale(path: string): boolean {
  const [pid, start = ''] = readFileSync(path, 'utf8').trim().split(/ (.*)/, 2);
  // Empty: claimed this instant, or its process died then.
  if (!pid) return Date.now() - statSync(path).mtimeMs > 10_000;
  return (startOf(Number(pid)) ?? '') !== start;
}

/** When a process started, in words that no later process of the same pid shares; undefined if there is none. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // Field 22, in ticks since the boot; the process's name before it may hold spaces and brackets.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const ticks = stat.slice(stat.lastIndexOf(')')).split(' ')[20];
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
    }
    if (process.platform === 'win32') return process.kill(pid, 0) ? 'running' : undefined;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
    }).trim();
  } catch {
    return undefined;
  }
}

function inUse(folder: string, lock: string): Error {
  return new DatabaseUnavailableError(
    `Another Parley server uses ${folder}: stop it, or name another folder in DATA_DIR (if none runs, remove ${lock}).`,
  );
}
