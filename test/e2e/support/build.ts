import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { buildKit } from '../../support/snippets.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the client kit, compiled from the present sources. */
    kit: string;
  }
}

/** Builds the present application, which the servers under test serve, and the kit, which other apps use. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const vite = 'node_modules/vite/bin/vite.js';
  const env = { ...process.env, NODE_ENV: 'production' };
  const kit = await mkdtemp(join(tmpdir(), 'parley-kit-'));
  project.provide('kit', kit);
  await Promise.all([promisify(execFile)(process.execPath, [vite, 'build', 'web'], { env }), buildKit(kit)]);
  return () => rm(kit, { recursive: true });
}
