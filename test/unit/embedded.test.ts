import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { lockFolder } from '../../src/database/folder-lock.ts';
import { openDatabase } from '../../src/database/open.ts';

// Each test creates a database of its own.
vi.setConfig({ testTimeout: 120_000 });

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
  return () => rm(dataDir, { recursive: true });
});

/** Starts another process that has the database open. */
async function holdDatabase() {
  const script = join(import.meta.dirname, '../support/hold-database.ts');
  const holder = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

test('data survives a stop, a second process is refused, and a killed process does not block the next', async () => {
  const holder = await holdDatabase();

  await expect(openDatabase({ dataDir })).rejects.toThrow(
    /Another Parley server uses .*: stop it before this one starts, or name another folder/,
  );

  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const first = await openDatabase({ dataDir });
  await expect(first.db.user.findMany()).resolves.toMatchObject([{ username: 'ada' }]);
  await expect(openDatabase({ dataDir })).rejects.toThrow(/Another Parley server uses/);
  await first.close();

  const second = await openDatabase({ dataDir });
  expect(second.deploymentId).toBe(first.deploymentId);
  await expect(second.db.user.count()).resolves.toBe(1);
  await second.close();
  expect(existsSync(join(dataDir, 'postgres.lock'))).toBe(false);
});

test('a lock whose process has ended is taken over at once, even if another process has its pid', async () => {
  const lock = join(dataDir, 'postgres.lock');
  const first = await openDatabase({ dataDir });
  const own = await readFile(lock, 'utf8');
  await first.close();
  await writeFile(lock, own.replace(/^\S+/, randomUUID()).replace(/\d+\n$/, '1\n'));

  const report = vi.fn();
  const { close } = await openDatabase({ dataDir, report });
  await close();
  expect(report.mock.calls.flat()).toEqual([expect.stringMatching(/^Opening/)]);
});

test('of several processes that find an abandoned lock one gets the folder', async () => {
  const folder = join(dataDir, 'postgres');
  await writeFile(`${folder}.lock`, `${randomUUID()} elsewhere 1 1\n`);

  const claims = await Promise.allSettled([1, 2, 3].map(() => lockFolder(folder)));
  const held = claims.filter((claim) => claim.status === 'fulfilled').map(({ value }) => value);

  expect(held).toHaveLength(1);
  expect(await readFile(`${folder}.lock`, 'utf8')).toBe(held[0]!.content);
  held[0]!.release();
  expect(await readdir(dataDir)).toEqual([]);
});

test('a lock that belongs to another process by now is not removed', async () => {
  const folder = join(dataDir, 'postgres');
  const lock = await lockFolder(folder);
  await writeFile(`${folder}.lock`, 'of another\n');
  lock.release();
  expect(await readFile(`${folder}.lock`, 'utf8')).toBe('of another\n');
});

test('a first start that was interrupted is begun again', async () => {
  await mkdir(join(dataDir, 'postgres.incomplete', 'base'), { recursive: true });
  await writeFile(join(dataDir, 'postgres.incomplete', 'PG_VERSION'), '18\n');

  const { db, close } = await openDatabase({ dataDir });
  await expect(db.user.count()).resolves.toBe(0);
  await close();
});

test('a folder that cannot be used is reported', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  await expect(openDatabase({ dataDir: file })).rejects.toThrow(
    /data folder .* cannot be made: correct its permissions/,
  );

  await expect(openDatabase({ dataDir: '/proc/parley' })).rejects.toThrow(/data folder .* cannot be made/);

  await mkdir(join(dataDir, 'postgres'));
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
  await expect(openDatabase({ dataDir })).rejects.toThrow(
    /cannot be opened: it is damaged. Restore the folder from a copy/,
  );
  expect(existsSync(join(dataDir, 'postgres.lock'))).toBe(false);
});
