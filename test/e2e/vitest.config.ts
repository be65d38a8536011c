import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { ProjectSequencer } from '../support/sequencer.ts';
import { findServices } from '../support/services.ts';

/* Tests in real browsers with real servers. They run with nothing but Node; those that depend on PostgreSQL and Redis run
   on these where they are reachable. Two files run at a time, each in a process that keeps its browser and its server for
   the next file. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const everything = ['test/e2e/*.test.ts'];
const onServices = ['test/e2e/{story,reconnect,once}.test.ts'];
const project = (name: string, include: string[], exclude: string[] = []): TestProjectConfiguration => ({
  root,
  test: {
    name,
    include,
    exclude,
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
    projects: (await findServices())
      ? [project('embedded', everything, onServices), project('postgres', onServices)]
      : [project('embedded', everything)],
  },
}));
