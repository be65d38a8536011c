import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildASTSchema, parse } from 'graphql';

const web = join(import.meta.dirname, '../web');
const output = 'web/gql/';

/** Generates the source of the typed documents of the web application from web/*.graphql. */
export async function typedDocuments(printedSchema: string): Promise<string> {
  const schema = parse(printedSchema);
  const names = (await readdir(web, { recursive: true })).filter((name) => name.endsWith('.graphql')).sort();
  const documents = await Promise.all(
    names.map(async (name) => {
      const rawSDL = await readFile(join(web, name), 'utf8');
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
  // The preset's other files are for documents inside components. This project keeps documents in files of their own.
  const file = files.find(({ filename }) => filename === `${output}graphql.ts`);
  if (!file) throw new Error('The preset no longer makes graphql.ts.');
  return codegen(file);
}
