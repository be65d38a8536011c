import { join } from 'node:path';
import { isAbstractType, type GraphQLSchema } from 'graphql';
import { format, resolveConfig } from 'prettier';

/** The source of the kit's possible types. */
export async function possibleTypes(schema: GraphQLSchema): Promise<string> {
  const names = Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .filter(({ name }) => !name.startsWith('__'))
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)] as const);
  const sorted = names.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, types]) => [name, types.toSorted()]);
  const source = `// Written by \`npm run codegen\` from schema.graphql.

/** The types of each interface and union. Caches need them for \`... on Error\` and \`... on Event\`. */
export const possibleTypes: Record<string, string[]> = ${JSON.stringify(Object.fromEntries(sorted))};
`;
  return format(source, {
    ...(await resolveConfig(join(import.meta.dirname, 'possible-types.ts'))),
    parser: 'typescript',
  });
}
