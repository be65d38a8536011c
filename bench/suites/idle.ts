import type { Suite } from '../bench.ts';
import { addChats, addUsers, settle } from '../database.ts';
import { openLookers } from '../load/lookers.ts';
import { events, messageCreated, type MeasuredOperation } from '../operations.ts';
import { figure } from '../report.ts';
import { startSystem, titles, type SystemName } from '../systems.ts';
import { Stage } from './stage.ts';

/** Chats are numbered from here, one for each measurement. */
const FIRST = 4_000;
/** Users that each subscriber of `ephemeral` has on screen. */
const ON_SCREEN = 20;

interface Memory {
  rss: number;
  heap: number;
}

/**
 * Measures the memory of a subscriber that receives nothing: a server's memory with many of them, less its memory with
 * a few.
 */
export const idle: Suite = async (bench) => {
  const size = bench.options.quick ? 200 : 5_000;
  const { pool } = bench.database;
  const measured = [
    { name: 'raw', operation: messageCreated },
    { name: 'parley', operation: messageCreated },
    { name: 'parley', operation: events },
    { name: 'parley', operation: 'ephemeral' },
    { name: 'yoga', operation: messageCreated },
    { name: 'apollo', operation: messageCreated },
  ] as const satisfies { name: SystemName; operation: MeasuredOperation | 'ephemeral' }[];
  await addUsers(pool, size);

  const rows: string[][] = [];
  for (const [i, { name, operation }] of measured.entries()) {
    const chat = FIRST + i;
    await addChats(pool, { first: chat, count: 1, member: 'm', members: size, position: 1_000_000 });
    await settle(pool);
    const server = await startSystem(name, bench.surroundings);
    // The first connections load and compile code, whose memory is counted before the measurement.
    const open = (size: number) =>
      operation === 'ephemeral'
        ? openLookers(bench, server, { chat, size, users: ON_SCREEN })
        : Stage.open(bench, server, { name, chat, operation, size });
    const few = await open(ON_SCREEN + 1);
    const before = await server.ask<Memory>('memory');
    const many = await open(size);
    const after = await server.ask<Memory>('memory');
    many.close();
    few.close();
    await server.stop();
    await pool.query('DELETE FROM chat_member WHERE chat_id = (SELECT id FROM chat WHERE title = $1)', [
      `Chat ${chat}`,
    ]);
    const kilobytes = (measure: keyof Memory) => figure((after[measure] - before[measure]) / size / 1000);
    const title = operation === 'ephemeral' ? `\`ephemeral\`, ${ON_SCREEN} users on screen` : `\`${operation.field}\``;
    rows.push([`${titles[name]}, ${title}`, kilobytes('heap'), kilobytes('rss')]);
    bench.log(rows.at(-1)!.join('  '));
  }
  return [
    {
      heading: `An idle subscriber, of ${size.toLocaleString('en')}: memory in kB`,
      text: 'Heap: memory of V8, in its heap and outside of it, after a garbage collection. Resident: all pages of the process, including freed ones that were not returned.',
      table: { columns: ['', 'heap', 'resident'], rows },
    },
  ];
};
