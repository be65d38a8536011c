import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { findServices } from './test/support/services.ts';

/*
 * A test file runs where its folder says:
 *   test/unit/       once, with no database prepared
 *   test/postgres/   on PostgreSQL and Redis
 *   test/embedded/   on the embedded database and the in-process PubSub
 *   test/faults/     on PostgreSQL and Redis, after all others and one file at a time: they stop and kill things
 *   test/e2e/        not here: they have their own configuration
 *   elsewhere        twice, on PostgreSQL and Redis and on the embedded pair: inject('database'), inject('redisUrl')
 */
const everywhere = 'test/**/*.test.ts';
const elsewhere = (...folders: string[]) => ['unit', 'faults', 'e2e', ...folders].map((folder) => `test/${folder}/**`);
const timeouts = { testTimeout: 15_000, hookTimeout: 30_000, expect: { poll: { timeout: 10_000 } } };
const globalSetup = 'test/support/global-setup.ts';

const alone: TestProjectConfiguration[] = [
  { extends: true, test: { ...timeouts, name: 'unit', include: ['test/unit/**/*.test.ts'] } },
  {
    extends: true,
    test: { ...timeouts, name: 'embedded', include: [everywhere], exclude: elsewhere('postgres'), globalSetup },
  },
];

const withServices: TestProjectConfiguration[] = [
  {
    extends: true,
    test: { ...timeouts, name: 'postgres', include: [everywhere], exclude: elsewhere('embedded'), globalSetup },
  },
  {
    extends: true,
    test: {
      ...timeouts,
      name: 'faults',
      include: ['test/faults/**/*.test.ts'],
      globalSetup,
      fileParallelism: false,
      sequence: { groupOrder: 1 },
    },
  },
];

export default defineConfig(async () => ({
  // Node takes graphql's CommonJS build, vite would take the other one, and two of them do not know each other's errors.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    projects: (await findServices()) ? [...alone, ...withServices] : alone,
  },
}));
