import { Worker } from 'node:worker_threads';
import type { FolderLock } from './folder-lock.ts';

/** How long a statement may take before the database counts as hung, in milliseconds. */
const PATIENCE = 30_000;

export interface FolderGuard {
  /** Runs work that must end in time. The embedded database blocks the thread that calls it. */
  watch<T>(work: () => T): T;
  stop(): void;
}

/**
 * Starts a thread that keeps the folder's lock alive. It ends the process if another process has taken the lock or the
 * database does not answer. It is a thread of its own, because the database may block this one for ever.
 */
export function guardFolder(lock: FolderLock, patience = PATIENCE): FolderGuard {
  /** Two numbers: whether the guard must stop, and a counter that is odd during a call of the database. */
  const state = new Int32Array(new SharedArrayBuffer(8));
  const { path, content } = lock;
  const worker = new Worker(`const __name = (named) => named; (${guard.toString()})(require)`, {
    eval: true,
    workerData: { state, path, content, patience },
    // The thread must not inherit flags of this process, such as a loader of TypeScript.
    execArgv: [],
  });
  worker.unref();
  return {
    watch(work) {
      Atomics.add(state, 1, 1);
      try {
        return work();
      } finally {
        Atomics.add(state, 1, 1);
      }
    },
    stop() {
      Atomics.store(state, 0, 1);
      void worker.terminate();
    },
  };
}

/** Runs in the thread from its source text, so that it cannot use anything outside of this function. */
function guard(load: NodeJS.Require): void {
  const { closeSync, futimesSync, openSync, readFileSync, writeSync } = load('node:fs') as typeof import('node:fs');
  const { runInThisContext } = load('node:vm') as typeof import('node:vm');
  const { setFlagsFromString } = load('node:v8') as typeof import('node:v8');
  const { state, path, content, patience } = (load('node:worker_threads') as typeof import('node:worker_threads'))
    .workerData as { state: Int32Array; path: string; content: string; patience: number };
  const EVERY = 1_000;
  let seen = 0;
  let beats = 0;

  const end = (reason: string) => {
    if (Atomics.load(state, 0) === 1) return;
    Atomics.store(state, 0, 1);
    writeSync(2, `${reason}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The first process of a container ignores this signal from itself, but not a fault such as this one.
    setTimeout(() => {
      setFlagsFromString('--allow-natives-syntax');
      runInThisContext('%SystemBreak()');
    }, 500);
  };

  const touch = () => {
    try {
      const file = openSync(path, 'r+');
      try {
        if (readFileSync(file, 'utf8') !== content) return false;
        futimesSync(file, new Date(), new Date());
        return true;
      } finally {
        closeSync(file);
      }
    } catch (error) {
      // Any other error may be temporary. Another server waits longer than the time between two touches.
      return (error as NodeJS.ErrnoException).code !== 'ENOENT';
    }
  };

  setInterval(() => {
    if (Atomics.load(state, 0) === 1) return;
    if (!touch()) {
      end(`The lock ${path} is not this server's any more: it ends, so that two servers do not write to one folder.`);
    }
    const calls = Atomics.load(state, 1);
    beats = calls % 2 !== 0 && calls === seen ? beats + 1 : 0;
    seen = calls;
    if (beats * EVERY >= patience) {
      end('The embedded database does not answer: the server ends. What it had acknowledged is kept; start it again.');
    }
  }, EVERY);
}
