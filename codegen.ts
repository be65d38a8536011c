// Types the documents of the web application: web/**/*.graphql, against schema.graphql, into web/gql/graphql.ts.
// With --check nothing is written, and a stale file fails.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildASTSchema, parse } from 'graphql';

const output = 'web/gql/';

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, schema: { type: 'string', default: 'schema.graphql' } },
});

const schema = parse(await readFile(options.schema, 'utf8'));
const names = (await readdir('web', { recursive: true })).filter((name) => name.endsWith('.graphql')).sort();
const documents = await Promise.all(
  names.map(async (name) => {
    const rawSDL = await readFile(join('web', name), 'utf8');
    return { location: name, rawSDL, document: parse(rawSDL) };
  }),
);

const files = await preset.buildGeneratesSection({
  baseOutputDir: output,
  schema,
  schemaAst: buildASTSchema(schema),
  documents,
  presetConfig: { fragmentMasking: false },
  config: {
    scalars: { DateTime: 'string', JSON: 'unknown' },
    enumType: 'string-literal',
    useTypeImports: true,
    immutableTypes: true,
  },
  plugins: [],
  pluginMap: {},
});

// The preset's other files serve documents written inside of components; ours are files of their own.
const file = files.find(({ filename }) => filename === `${output}graphql.ts`);
if (!file) throw new Error('The preset no longer makes graphql.ts.');
const content = await codegen(file);

if (options.check) {
  const committed = await readFile(file.filename, 'utf8').catch(() => '');
  if (committed !== content) {
    console.error(`${file.filename} is stale. Run: npm run codegen`);
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(file.filename), { recursive: true });
  await writeFile(file.filename, content);
}
