import { test as base } from 'vitest';
import type { AppOptions } from '../../src/app-options.ts';
import { startTestServer, startTwoServers } from './app.ts';

/** Gives a file its own server, and each test its own three users. A test that needs another server starts it. */
export const withServer = (options: Partial<AppOptions> = {}) =>
  base
    .extend('server', { scope: 'file' }, async ({}, { onCleanup }) => {
      const server = await startTestServer(options);
      onCleanup(server.stop);
      return server;
    })
    .extend('ada', ({ server }) => server.user('ada'))
    .extend('grace', ({ server }) => server.user('grace'))
    .extend('linus', ({ server }) => server.user('linus'));

/** The same with two servers on one database. The users are at the first server. */
export const withTwoServers = (options: Partial<AppOptions> = {}) =>
  base
    .extend('servers', { scope: 'file' }, async ({}, { onCleanup }) => {
      const servers = await startTwoServers(options);
      onCleanup(servers.stop);
      return servers;
    })
    .extend('one', { scope: 'file' }, ({ servers }) => servers.one)
    .extend('two', { scope: 'file' }, ({ servers }) => servers.two)
    .extend('ada', ({ one }) => one.user('ada'))
    .extend('grace', ({ one }) => one.user('grace'))
    .extend('linus', ({ one }) => one.user('linus'));

export const test = withServer();
