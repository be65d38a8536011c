import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';

const client = resolve(import.meta.dirname, '../../../client');
const session = `export { createSession } from '${client}/core.ts';`;
const hooks = `export * from '${client}/react.ts';`;

/**
 * The size of the kit, minified and gzipped, for an app that has its GraphQL client and React already. Of it 3.4 kB are
 * for unread counts, 1.4 kB for receipts, 0.7 kB for typing, 1.1 kB for drafts, and 0.3 kB for mentions.
 */
test.each([
  ['a session alone', session, 1_600],
  ['Apollo Client: everything', `${session} ${hooks} export { createParley } from '${client}/apollo.ts';`, 20_050],
  ['urql: everything', `${session} ${hooks} export { createParley } from '${client}/urql.ts';`, 20_900],
])('%s', async (name, source, limit) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-size-'));
  const entry = join(folder, 'entry.js');
  await writeFile(entry, source);
  const result = (await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      target: 'es2023',
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        external: [/^@apollo/, /^@urql/, /^graphql/, /^react/, /^rxjs/, /^urql/],
      },
    },
  })) as Rolldown.RolldownOutput;
  await rm(folder, { recursive: true });
  const bytes = gzipSync(result.output[0].code, { level: 9 }).length;
  console.log(`${name}: ${bytes} bytes gzipped`);
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThan(limit);
});
