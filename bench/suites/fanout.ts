import type { Suite } from '../bench.ts';
import { addChats, addUsers, settle } from '../database.ts';
import { events, messageCreated } from '../operations.ts';
import { startSystem } from '../systems.ts';
import { loadCeiling } from './ceiling.ts';
import { costs } from './fanout-costs.ts';
import { underLoad } from './fanout-load.ts';
import { systems, type Plan, type Servers } from './fanout-stages.ts';

const full: Plan = {
  warmUp: 2,
  repetitions: 3,
  seconds: 1,
  sizes: [
    { size: 10, bursts: [1] },
    { size: 100, bursts: [1] },
    { size: 1_000, bursts: [1, 4, 16] },
    { size: 5_000, bursts: [1] },
  ],
  load: { size: 1_000, rate: 20, seconds: 2, repetitions: 3 },
};
const quick: Plan = {
  warmUp: 0,
  repetitions: 1,
  seconds: 0.2,
  sizes: [
    { size: 10, bursts: [1] },
    { size: 100, bursts: [1, 4, 16] },
  ],
  load: { size: 100, rate: 20, seconds: 1, repetitions: 1 },
};

/** Measures server CPU for each delivery of a live message, and the deliveries a second. */
export const fanout: Suite = async (bench) => {
  const plan = bench.options.quick ? quick : full;
  const { pool } = bench.database;
  const audience = Math.max(...plan.sizes.map(({ size }) => size));
  await addUsers(pool, audience + 1);
  await addChats(pool, { first: 0, count: 1, member: 'm', members: audience, position: 1_000_000 });
  // The chats of the other systems have other members. Parley would deliver what is written to any chat of its
  // subscribers.
  const others = { member: String(audience), members: 1, position: 1_000_000 };
  await addChats(pool, { ...others, first: 1, count: systems.length - 1 });
  await settle(pool);

  const servers = Object.fromEntries(
    await Promise.all(systems.map(async (name) => [name, await startSystem(name, bench.surroundings)] as const)),
  ) as Servers;
  try {
    return [
      ...(await costs(bench, servers, plan, messageCreated)),
      ...(await costs(bench, servers, plan, events)),
      await underLoad(bench, servers, plan),
      await loadCeiling(bench),
    ];
  } finally {
    await Promise.all(systems.map((name) => servers[name].stop()));
  }
};
