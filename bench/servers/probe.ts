/** Loaded into every server under test before its own code. Answers the bench over IPC. */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import pg from 'pg';

export type Question = 'memory' | 'statements' | 'begin profile' | { writeProfile: string };

let statements = 0;
const { query } = pg.Client.prototype as { query: (...args: unknown[]) => unknown };
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...args: unknown[]) {
    statements++;
    return query.apply(this, args);
  },
});

/** The memory in use: V8's heap, and what V8 holds outside of it. */
function memory() {
  // The second collection frees what finalisers of the first one have released.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

/** Only the measured time is profiled. A profile of the whole process would mostly show the loading of modules. */
const inspector = new Session();
async function beginProfile() {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: 200 });
  await inspector.post('Profiler.start');
}
async function writeProfile(path: string) {
  const { profile } = await inspector.post('Profiler.stop');
  writeFileSync(path, JSON.stringify(profile));
}

async function answer(question: Question): Promise<unknown> {
  if (question === 'memory') return memory();
  if (question === 'statements') return statements;
  return question === 'begin profile' ? beginProfile() : writeProfile(question.writeProfile);
}

process.on('message', (question) => void answer(question as Question).then((told) => process.send?.(told ?? null)));
// If the bench dies, the server ends too.
process.on('disconnect', () => process.exit());
process.channel?.unref();
