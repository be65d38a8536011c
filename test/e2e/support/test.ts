import { test as base } from 'vitest';
import { openBrowser } from './browser.ts';
import { startServer } from './server.ts';

/**
 * One browser and one server for all files that run in one process: what a file does there concerns its own users alone.
 * A test that kills a server or needs one of its own starts another.
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
    // Comparing with the database, within a test, would make up for what was not published.
    const server = await startServer({ settings: { RECONCILE_MS: '60000' } });
    onCleanup(() => server.remove());
    return server;
  });
