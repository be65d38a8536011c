import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inject, expect, test, onTestFinished } from 'vitest';
import { emptyFolder, run } from './installed.ts';

const root = resolve(import.meta.dirname, '../..');
const archive = inject('kitArchive');
const npx = (name: string) => join(root, 'node_modules/.bin', name);

/** Installs the kit beside these packages, as an app does. */
async function install(...packages: string[]) {
  const { folder, remove } = await emptyFolder();
  onTestFinished(remove);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const { code, stderr } = await run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', archive, ...packages],
    { cwd: folder },
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  return { folder, packages: Object.keys(lock.packages), bytes: await bytesOf(join(folder, 'node_modules')) };
}

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Adds the versions that this repository uses. */
async function withVersions(...names: string[]): Promise<string[]> {
  const { devDependencies, dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  return names.map((name) => `${name}@${{ ...dependencies, ...devDependencies }[name]}`);
}

test('the kit alone is one package, and its core runs', async () => {
  const { folder, packages, bytes } = await install();
  expect(packages).toEqual(['node_modules/@parley/client']);
  expect(bytes).toBeLessThan(1_000_000);
  const program =
    "import { createSession, memoryStorage } from '@parley/client'; console.log(createSession({ url: 'http://127.0.0.1', storage: memoryStorage() }).getSnapshot());";
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder });
  expect({ stdout, stderr }).toEqual({ stdout: 'null\n', stderr: '' });
});

test('an app with urql and React has fewer than 25 packages and 15 MB', async () => {
  const clients = ['urql', '@urql/core', '@urql/exchange-graphcache', 'graphql', 'react'];
  const { packages, bytes } = await install(...(await withVersions(...clients)));
  expect(packages.length).toBeLessThan(25);
  expect(bytes).toBeLessThan(15_000_000);
});

test('an app with Apollo Client and React has fewer than 25 packages, and the kit adds only itself', async () => {
  const { folder, packages } = await install(...(await withVersions('@apollo/client', 'rxjs', 'graphql', 'react')));
  expect(packages.length).toBeLessThan(25);
  expect(await bytesOf(join(folder, 'node_modules/@parley'))).toBeLessThan(1_000_000);
});

test('publint and Are the Types Wrong find nothing in the packed kit', async () => {
  const lint = await run(npx('publint'), [archive, '--strict'], { cwd: root });
  expect(lint.stdout).toContain('All good!');
  expect(lint.code).toBe(0);
  const types = await run(npx('attw'), ['--profile', 'esm-only', archive], { cwd: root });
  expect(types.stdout).toContain('"@parley/client/apollo"');
  expect(types.code, types.stdout).toBe(0);
});
