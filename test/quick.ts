/** `npm run test:quick` runs the fast tests, in about two minutes, with nothing but Node. */
import { startVitest } from 'vitest/node';

process.env.PARLEY_QUICK = '1';

const vitest = await startVitest('test', process.argv.slice(2), { watch: false, project: ['unit', 'embedded'] });
await vitest.close();
