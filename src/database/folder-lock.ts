import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from './errors.ts';

/** Milliseconds after which an untouched lock counts as abandoned. The holder touches it every second. */
const SILENCE = 10_000;

export interface FolderLock {
  path: string;
  /** The content of the file as long as this process holds the lock. */
  content: string;
  /** Removes the lock, unless another process has taken it. */
  release(): void;
}

/**
 * Locks a folder for this process. PGlite has no lock of its own, and a second process in the folder would damage it
 * for good. The holder touches the file (`folder-guard.ts`), which processes in other containers and on other machines
 * see too.
 */
export async function lockFolder(folder: string, report?: (sentence: string) => void): Promise<FolderLock> {
  const path = `${folder}.lock`;
  const content = `${randomUUID()} ${describeProcess(process.pid)}\n`;
  const lock = {
    path,
    content,
    release: () => void (look(path)?.content === content && rmSync(path, { force: true })),
  };
  if (claim(path, content)) return lock;
  const found = look(path);
  if (found && !(await isAbandoned(path, found, report))) throw inUse(folder);
  // Several processes may find the same abandoned lock. The last one to rename its own over it holds the folder, and
  // the others see that after a moment.
  const draft = `${path}.${content.split(' ')[0]}`;
  claim(draft, content);
  if (look(path)?.content === found?.content) renameSync(draft, path);
  else rmSync(draft, { force: true });
  await sleep(500);
  if (look(path)?.content !== content) throw inUse(folder);
  return lock;
}

function claim(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

interface Look {
  content: string;
  touched: number;
}

/** Opens the file each time, because a network file system asks its server only then. */
function look(path: string): Look | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      return { content: readFileSync(file, 'utf8'), touched: fstatSync(file).mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

async function isAbandoned(path: string, found: Look, report?: (sentence: string) => void): Promise<boolean> {
  const [, place, pid, start] = found.content.trim().split(' ');
  // If the holder's process is visible, no wait is needed. Its start time is compared too, because pids are reused.
  if (place !== undefined && place !== '?' && place === placeOfProcesses()) return startOf(Number(pid)) !== start;
  report?.(`Another server may use this folder: waiting ${SILENCE / 1000} seconds for a sign of it …`);
  // Only the clock of this process counts, because another machine may have set the file's time.
  for (const end = performance.now() + SILENCE; performance.now() < end; await sleep(200)) {
    const now = look(path);
    if (now === undefined) return true;
    if (now.content !== found.content || now.touched !== found.touched) return false;
  }
  return true;
}

const describeProcess = (pid: number): string => `${placeOfProcesses()} ${pid} ${startOf(pid) ?? '?'}`;

/** The namespace in which a pid is unique: this boot of this machine, and this container. `?` if it is not known. */
function placeOfProcesses(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '?';
  }
}

/** When a process started, in ticks since the boot; undefined if there is none. */
function startOf(pid: number): string | undefined {
  try {
    // Field 22 is the start time. The process's name before it may contain spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20];
  } catch {
    return undefined;
  }
}

const inUse = (folder: string) =>
  new DatabaseUnavailableError(
    `Another Parley server uses ${folder}: stop it before this one starts, or name another folder in DATA_DIR.`,
  );
