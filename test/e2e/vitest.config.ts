import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { ProjectSequencer } from '../support/sequencer.ts';
import { findServices } from '../support/services.ts';

/* Tests in real browsers with real servers: all of them with nothing but Node, and those that depend on PostgreSQL
   and Redis also with these. Two files run at a time, each in a process that keeps its browser and its server for
   the next file. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const everything = ['test/e2e/*.test.ts'];
const onServices = ['test/e2e/{story,reconnect,once}.test.ts'];
const project = (name: string, include: string[]): TestProjectConfiguration => ({
  root,
  test: {
    name,
    include,
    isolate: false,
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
});

export default defineConfig(async () => ({
  root,
  test: {
    globalSetup: ['test/e2e/support/build.ts'],
    maxWorkers: 2,
    sequence: { sequencer: ProjectSequencer },
    projects: [project('embedded', everything), ...((await findServices()) ? [project('postgres', onServices)] : [])],
  },
}));
