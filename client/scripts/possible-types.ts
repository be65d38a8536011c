// Writes client/cache/possible-types.ts from schema.graphql. With --check nothing is written, and a stale file fails.
import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { buildSchema, isAbstractType } from 'graphql';
import { format, resolveConfig } from 'prettier';

const schemaFile = argv.slice(2).find((argument) => !argument.startsWith('--')) ?? 'schema.graphql';
const file = 'client/cache/possible-types.ts';

const schema = buildSchema(await readFile(schemaFile, 'utf8'));
const entries = Object.values(schema.getTypeMap())
  .filter(isAbstractType)
  .filter(({ name }) => !name.startsWith('__'))
  .map(
    (type) =>
      [
        type.name,
        schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .sort(),
      ] as const,
  )
  .sort(([a], [b]) => (a < b ? -1 : 1));

const source = `// Written by client/scripts/possible-types.ts from schema.graphql.

/** Which types stand behind each interface and union: caches need it for \`... on Error\` and \`... on Event\`. */
export const possibleTypes: Record<string, string[]> = ${JSON.stringify(Object.fromEntries(entries))};
`;
const code = await format(source, { ...(await resolveConfig(file)), filepath: file });

if (!argv.includes('--check')) await writeFile(file, code);
else if ((await readFile(file, 'utf8').catch(() => '')) !== code)
  throw new Error(`${file} is not what ${schemaFile} says`);
