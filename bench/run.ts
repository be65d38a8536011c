/** `npm run bench -- [fanout] [send] [read] [read-state] [idle] [--quick] [--profile]` */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench, type Suite } from './bench.ts';
import { summariseProfiles } from './profile.ts';
import { markdownTable, results, showInReadme, writeReport } from './report.ts';
import { pinSelf } from './server-process.ts';
import { fanout } from './suites/fanout.ts';
import { idle } from './suites/idle.ts';
import { read } from './suites/read.ts';
import { readState } from './suites/read-state.ts';
import { send } from './suites/send.ts';

/** The largest audience needs one file for each socket, in the server and in the load generator. */
const FILES = 6_000;
const suites: Record<string, Suite> = { fanout, send, read, 'read-state': readState, idle };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(suites);
const unknown = wanted.find((name) => !(name in suites));
if (unknown !== undefined)
  throw new Error(`There is no suite ${unknown}: there are ${Object.keys(suites).join(', ')}.`);
if (process.platform !== 'linux' || availableParallelism() < 2) {
  throw new Error('The bench needs Linux, for /proc and taskset, and two cores: one for the server, one for the load.');
}

const openFiles = Number(/Max open files +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
if (!values.quick && openFiles < FILES) {
  throw new Error(`5,000 sockets need ${FILES} open files: raise the limit with ulimit -n, or use --quick.`);
}

for (const project of ['tsconfig.build.json', 'bench/tsconfig.json']) {
  execFileSync('npx', ['tsc', '-p', project], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
}
pinSelf();

const scratch = mkdtempSync(join(tmpdir(), 'parley-bench-'));
// The figures of a quick run, or of one with a profiler, are not worth keeping.
const provisional = values.quick || values.profile;
const bench = await openBench({ quick: values.quick, profiles: values.profile ? scratch : undefined });
try {
  for (const name of wanted) {
    const sections = await suites[name]!(bench);
    for (const { heading, table } of sections) bench.log(`\n${heading}\n${table ? markdownTable(table) : ''}`);
    await writeReport(name, sections, provisional ? scratch : results);
    if (!provisional) await showInReadme(name, sections);
  }
  if (values.profile) bench.log(summariseProfiles(scratch));
  bench.log(`\nWritten to ${provisional ? scratch : results}`);
} finally {
  await bench.close();
}
