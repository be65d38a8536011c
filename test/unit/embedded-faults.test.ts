import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { guardFolder } from '../../src/database/folder-guard.ts';
import { lockFolder } from '../../src/database/folder-lock.ts';
import { openDatabase } from '../../src/database/open.ts';
import { until } from '../support/until.ts';

// Each test creates a database of its own.
vi.setConfig({ testTimeout: 240_000 });

const NAMESPACE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const works = ([command, ...args]: string[]) => spawnSync(command!, args).status === 0;
const hasNamespaces = works([...NAMESPACE, 'true']);
const hasMounts = works(['unshare', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
const insist = process.env.CI === 'true' && process.platform === 'linux' && process.getuid?.() === 0;
if (!hasNamespaces)
  console.warn('unshare cannot create a process namespace here: tests of two containers are left out.');
if (!hasMounts) console.warn('Nothing can be mounted here: tests of a full disk are left out.');
const skipWithout = (there: boolean) => !there && !insist;

let dataDir: string;
let mounted = false;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-embedded-'));
});
afterEach(() => {
  if (mounted) spawnSync('umount', ['--lazy', dataDir]);
  mounted = false;
  rmSync(dataDir, { recursive: true, force: true });
});

const script = (name: string) => ['--import', 'tsx', join(import.meta.dirname, '../support', name)];

/** Runs a script as a process, optionally in a container of its own, and collects its output. */
function run(name: string, args: string[], { contained = false } = {}) {
  const command = [...(contained ? NAMESPACE : []), process.execPath, ...script(name), ...args];
  const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, errors: text(child.stderr), exited: once(child, 'exit') as Promise<[number | null, string | null]> };
}

const hasOpened = ({ stdout }: ChildProcess) => once(stdout!, 'data');

describe.skipIf(skipWithout(hasNamespaces))('a server in another container', () => {
  test('holds the folder until it ends, and no longer', async () => {
    const folder = join(dataDir, 'postgres');
    const { child, exited } = run('hold-folder.ts', [folder], { contained: true });
    await hasOpened(child);
    const report = vi.fn();

    await expect(lockFolder(folder, report)).rejects.toThrow(/Another Parley server uses/);
    expect(report.mock.calls.flat()).toEqual([expect.stringMatching(/waiting 10 seconds for a sign/)]);

    child.kill('SIGKILL');
    await exited;
    const lock = await lockFolder(folder, report);
    lock.release();
    expect(report).toHaveBeenCalledTimes(2);
  });

  test('ends when its lock is taken, although its process id is 1', async () => {
    const { child, errors, exited } = run('hold-folder.ts', [join(dataDir, 'postgres')], { contained: true });
    await hasOpened(child);

    writeFileSync(join(dataDir, 'postgres.lock'), 'of another\n');

    const [code, signal] = await exited;
    expect(code ?? signal).not.toBe(0);
    expect(await errors).toMatch(/is not this server's any more: it ends/);
    expect(readFileSync(join(dataDir, 'postgres.lock'), 'utf8')).toBe('of another\n');
  });
});

test('a database that does not answer ends the process, from another thread', async () => {
  const { child, errors, exited } = run('hold-folder.ts', [join(dataDir, 'postgres'), 'hang']);
  await hasOpened(child);
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(await errors).toMatch(/The embedded database does not answer: the server ends\. .* is kept; start it again\./);
});

test('work that ends in time has no effect, however often it comes', async () => {
  const lock = await lockFolder(join(dataDir, 'postgres'));
  const guard = guardFolder(lock, 1_000);
  onTestFinished(() => (guard.stop(), lock.release()));
  const end = performance.now() + 3_000;
  await until(() => guard.watch(() => performance.now() > end));
});

describe.skipIf(skipWithout(hasMounts))('a full disk', () => {
  /** Mounts a small disk at the data folder. */
  function mount(size: string) {
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', dataDir]).status).toBe(0);
    mounted = true;
  }

  test('ends the server, which keeps what it acknowledged and prints what to do', async () => {
    mount('64m');
    const { child, errors, exited } = run('fill-database.ts', [dataDir]);
    const lines = text(child.stdout);

    expect(await exited).toEqual([1, null]);
    expect(await errors).toMatch(
      /^The embedded database cannot go on \(.*\): the server ends\. .* make room on the disk/,
    );
    const acknowledged = Number((await lines).trim().split('\n').at(-1));
    expect(acknowledged).toBeGreaterThan(10);

    // The disk is still full, and the advice does not lose data.
    const again = run('hold-database.ts', [dataDir]);
    const opened = await Promise.race([hasOpened(again.child).then(() => true), again.exited.then(() => false)]);
    if (!opened) expect(await again.errors).toMatch(/cannot be opened: the disk is full\. Nothing is lost: make room/);
    again.child.kill('SIGKILL');
    await again.exited;

    expect(spawnSync('mount', ['-o', 'remount,size=256m', dataDir]).status).toBe(0);
    const { db, close } = await openDatabase({ dataDir });
    expect(await db.user.count({ where: { displayName: { startsWith: 'x' } } })).toBeGreaterThanOrEqual(acknowledged);
    await close();
  });

  test('without room for a first start is reported', async () => {
    mount('8m');
    await expect(openDatabase({ dataDir })).rejects.toThrow(/cannot be opened: the disk is full\. Nothing is lost/);
  });
});
