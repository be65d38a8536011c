import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { ProjectSequencer } from './test/support/sequencer.ts';
import { findServices } from './test/support/services.ts';

/*
 * The folder of a test file decides where it runs:
 *   test/unit/, test/client/unit/   once, with no database prepared
 *   test/postgres/   on PostgreSQL and Redis
 *   test/embedded/   on the embedded database and the in-process PubSub
 *   test/client/, test/transport/   once, on PostgreSQL and Redis where they are reachable, otherwise on the embedded pair
 *   test/faults/     on PostgreSQL and Redis, after all others, because they stop and kill processes and measure delays
 *   test/e2e/, test/package/   not in this configuration: they have their own
 *   elsewhere        twice, on PostgreSQL and Redis and on the embedded pair: inject('database'), inject('redisUrl')
 */
const everywhere = 'test/**/*.test.ts';
const unit = ['test/unit/**/*.test.ts', 'test/client/unit/**/*.test.ts'];
/** Tests with databases on a disk, compilers, or random histories. They take half of the time of these two projects. */
const slow = [
  'test/unit/embedded*.test.ts',
  'test/unit/snippets.test.ts',
  'test/client/unit/generated-documents.test.ts',
  'test/model/**',
];
/** What a transport and a client do is the same whatever the database is. */
const independent = ['test/client/*.test.ts', 'test/transport/**'];
const isQuick = process.env.PARLEY_QUICK !== undefined;
const elsewhere = (folder: string) => [
  ...(isQuick ? slow : []),
  ...unit,
  ...['faults', 'e2e', 'package', folder].map((other) => `test/${other}/**`),
];
// The first test of a file may wait for its server and its database.
const timeouts = { testTimeout: 30_000, hookTimeout: 30_000, expect: { poll: { timeout: 10_000 } } };
const globalSetup = 'test/support/global-setup.ts';
/* The files of a project share processes. Otherwise each file would load Prisma, GraphQL and the schema again, which
   takes longer than most tests. So a test leaves nothing behind: no spy, timer, environment variable or server. */
const shared = {
  ...timeouts,
  isolate: false,
  restoreMocks: true,
  unstubEnvs: true,
  unstubGlobals: true,
  setupFiles: ['test/support/real-timers.ts'],
  // Inlined, so that a test file can load a copy of its own.
  server: { deps: { inline: ['@urql/exchange-graphcache'] } },
};

const alone = (covered: string[]): TestProjectConfiguration[] => [
  { extends: true, test: { ...shared, name: 'unit', include: unit, exclude: isQuick ? slow : [] } },
  {
    extends: true,
    test: {
      ...shared,
      name: 'embedded',
      include: [everywhere],
      exclude: [...elsewhere('postgres'), ...covered],
      globalSetup,
    },
  },
];

const withServices: TestProjectConfiguration[] = [
  {
    extends: true,
    test: { ...shared, name: 'postgres', include: [everywhere], exclude: elsewhere('embedded'), globalSetup },
  },
  {
    extends: true,
    test: {
      ...timeouts,
      name: 'faults',
      include: ['test/faults/**/*.test.ts'],
      globalSetup,
      sequence: { groupOrder: 1 },
    },
  },
];

export default defineConfig(async () => ({
  // Node loads graphql's CommonJS build, and vite would load the other one. Two copies do not recognise each other's
  // errors.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // Vitest leaves one core to itself by default. Most of a test is waiting, so all cores are used.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: ProjectSequencer },
    projects: !isQuick && (await findServices()) ? [...alone(independent), ...withServices] : alone([]),
  },
}));
