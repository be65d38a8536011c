import { inspect } from 'node:util';
import fc from 'fast-check';
import type { PrismaClient } from '../../src/database/generated/client.ts';
import { allowUnknownEvents } from '../support/unknown-event.ts';
import type { Cluster } from './cluster.ts';
import { history, type History } from './history.ts';
import { violations } from './oracle.ts';
import { World } from './world.ts';

/** Kinds of items that clients received, with their numbers. They show how much the histories cover. */
export type Seen = Map<string, number>;

/** Set them to repeat a failed run. */
const { PARLEY_SEED: seed, PARLEY_PATH: path } = process.env;

/** Runs histories one after the other, and checks the promise for every client. */
export async function letHistoriesHappen(
  { cluster, db, seen }: { cluster: Cluster; db: PrismaClient; seen: Seen },
  numRuns: number,
): Promise<void> {
  await allowUnknownEvents(db);
  const happens = fc.asyncProperty(history(), async (story) => happen(cluster, db, story, seen));
  // A history that hangs takes as long again at every step of shrinking. So the seed is printed first, and shrinking
  // needs the seed.
  await fc.assert(happens, {
    numRuns,
    endOnFailure: !seed,
    ...(seed && { seed: Number(seed) }),
    ...(path && { path }),
  });
}

async function happen(cluster: Cluster, db: PrismaClient, story: History, seen: Seen): Promise<void> {
  cluster.begin(story.seed);
  const world = new World(cluster, db);
  try {
    await world.run(story);
    const found = await violations(world, db, cluster.port(0)!);
    if (found.length > 0) throw new Error(found.join('\n'));
  } catch (error) {
    const received = world.clients.map((client) => ({ [client.name]: client.received, own: client.own.told }));
    console.error(
      inspect({ error: String(error), story, received }, { depth: 6, breakLength: 160, maxArrayLength: 200 }),
    );
    throw error;
  } finally {
    for (const client of world.clients) client.disconnect();
  }
  for (const { received, own } of world.clients) {
    for (const { type, replayed } of [...received, ...own.told]) {
      const kind = `${type} ${replayed ? 'replayed' : 'live'}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
}
