import { test as base } from 'vitest';
import { openBrowser } from './browser.ts';
import { startServer } from './server.ts';

/**
 * One browser and one server for all files that run in one process, so each file may only affect its own users. Tests
 * that kill a server share another one, `mortal`. A test that needs its own starts it.
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
  })
  .extend('started', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const server = await startServer();
    onCleanup(() => server.remove());
    return server;
  })
  .extend('mortal', { scope: 'file' }, async ({ started }) => {
    // A failed test may have left it stopped.
    await started.start();
    return started;
  });
