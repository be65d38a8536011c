/**
 * `npm run test:long -- --runs N` runs N histories in one process, a twentieth as many with real processes, and all
 * faults.
 */
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs needs a number of histories.');
process.env.PARLEY_HISTORIES = String(runs);
process.env.PARLEY_PROCESS_HISTORIES = String(Math.max(10, Math.ceil(runs / 20)));
process.env.PARLEY_CYCLES = '50000';

const vitest = await startVitest('test', ['test/model/', 'test/faults/'], {
  watch: false,
  project: ['postgres', 'faults'],
});
await vitest.close();
