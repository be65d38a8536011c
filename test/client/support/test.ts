import { test as base } from 'vitest';
import { World } from './world.ts';

/** A world of the file's own, and two users of each test's own. */
export const test = base
  .extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
    const world = await World.start();
    onCleanup(() => world.stop());
    return world;
  })
  .extend('ada', ({ world }) => world.server.user('ada'))
  .extend('grace', ({ world }) => world.server.user('grace'));
