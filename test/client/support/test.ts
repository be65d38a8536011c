import { test as base } from 'vitest';
import { World } from './world.ts';

/** Gives each file a world of its own, and each test two users of its own. */
export const test = base
  .extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
    const world = await World.start();
    onCleanup(() => world.stop());
    return world;
  })
  .extend('ada', ({ world }) => world.server.user('ada'))
  .extend('grace', ({ world }) => world.server.user('grace'));
