/**
 * `npm run codegen` writes everything that is generated: the Prisma client, which is not committed; then
 * schema.graphql, the kit's possible types and the typed documents of web/, each from the one before. With --check it
 * writes only the Prisma client, and fails if another file is stale.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = join(import.meta.dirname, '..');

const { status, stdout, stderr } = spawnSync('npx prisma generate', { cwd: root, shell: true, encoding: 'utf8' });
if (status !== 0) {
  console.error(`prisma generate failed:\n${stdout}${stderr}`);
  process.exit(1);
}

// The sources of the schema import the Prisma client, so they are imported after it has been generated.
const { schema, printedSchema } = await import('./schema.ts');
const { possibleTypes } = await import('./possible-types.ts');
const { typedDocuments } = await import('./web-documents.ts');

const generated: Record<string, string> = {
  'schema.graphql': printedSchema,
  'client/cache/possible-types.ts': await possibleTypes(schema),
  'web/gql/graphql.ts': await typedDocuments(printedSchema),
};

for (const [name, content] of Object.entries(generated)) {
  const file = join(root, name);
  const isStale = (await readFile(file, 'utf8').catch(() => '')) !== content;
  if (!isStale) continue;
  console.log(options.check ? `${name} is stale: run \`npm run codegen\` and commit it.` : `${name} is written.`);
  if (options.check) process.exitCode = 1;
  else {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
