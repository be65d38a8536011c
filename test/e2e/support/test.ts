import { test as base } from 'vitest';
import { openBrowser } from './browser.ts';
import { startServer } from './server.ts';

/**
 * One browser and one server for all files that run in one process, so each file may only affect its own users. A test
 * that kills a server, or needs its own, starts another.
 */
export const test = base
  .extend('chromium', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const browser = await openBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('browser', { scope: 'file' }, ({ chromium }, { onCleanup }) => {
    onCleanup(async () => void (await Promise.all(chromium.contexts().map((context) => context.close()))));
    return chromium;
  })
  .extend('server', { scope: 'worker' }, async ({}, { onCleanup }) => {
    // The comparison with the database would deliver unpublished events within a test, so it is rare.
    const server = await startServer({ settings: { RECONCILE_MS: '60000' } });
    onCleanup(() => server.remove());
    return server;
  });
