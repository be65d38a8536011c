import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { findServices } from '../support/services.ts';

/* Tests the installed package: packed, without development packages, in an empty folder. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const project = (name: string, globalSetup: string[]): TestProjectConfiguration => ({
  root,
  test: {
    name,
    include: [`test/package/${name}.test.ts`],
    globalSetup,
    // Each command is a process that has to load everything.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});

export default defineConfig(async () => ({
  root,
  test: {
    globalSetup: ['test/package/install.ts'],
    reporters: ['verbose'],
    projects: [
      project('commands', []),
      project('kit', []),
      ...((await findServices()) ? [project('commands-postgres', ['test/support/global-setup.ts'])] : []),
    ],
  },
}));
