import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';

// Each makes a database of its own.
vi.setConfig({ testTimeout: 60_000 });

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'));
  return () => rm(dataDir, { recursive: true });
});

/** Another process that has the database open. */
async function holdDatabase() {
  const script = join(import.meta.dirname, '../support/hold-database.ts');
  const holder = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}

test('data outlives a stop, a second process is refused, and a killed one leaves nothing in the way', async () => {
  const holder = await holdDatabase();

  await expect(openDatabase({ dataDir })).rejects.toThrow(
    /Another Parley server uses .*: stop it, or name another folder/,
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

test('a lock whose process is gone is taken over, even if another process has its pid by now', async () => {
  await writeFile(join(dataDir, 'postgres.lock'), `${process.pid} of an earlier boot\n`);

  const { close } = await openDatabase({ dataDir });
  await close();
});

test('a first start that was cut short is begun anew', async () => {
  await mkdir(join(dataDir, 'postgres.incomplete', 'base'), { recursive: true });
  await writeFile(join(dataDir, 'postgres.incomplete', 'PG_VERSION'), '18\n');

  const { close } = await openDatabase({ dataDir });
  await close();
});

test('a folder that cannot be used is told', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  await expect(openDatabase({ dataDir: file })).rejects.toThrow(
    /data folder .* cannot be made: correct its permissions/,
  );

  await mkdir(join(dataDir, 'postgres'));
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
  await expect(openDatabase({ dataDir })).rejects.toThrow(/cannot be opened: restore the folder from a copy/);
  expect(existsSync(join(dataDir, 'postgres.lock'))).toBe(false);
});
