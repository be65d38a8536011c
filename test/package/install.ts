import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder in which the server's package is installed. */
    installed: string;
    /** The archive of the client kit from `npm pack`. */
    kitArchive: string;
  }
}

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** Packs the present sources, with the last build of the web application, and installs the server's package. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-package-'));
  const [server, kit] = await Promise.all([
    pack('tsconfig.build.json', '.', join(folder, 'packed')),
    pack('client', 'client', join(folder, 'packed-kit')),
  ]);
  await run('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', server], { cwd: folder });
  project.provide('installed', folder);
  project.provide('kitArchive', kit);
  return () => rm(folder, { recursive: true });
}

/** Returns the path of the archive. */
async function pack(config: string, workspace: string, destination: string): Promise<string> {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { cwd: root });
  await mkdir(destination);
  const cwd = join(root, workspace);
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', destination], { cwd });
  const [archive = ''] = await readdir(destination);
  return join(destination, archive);
}
