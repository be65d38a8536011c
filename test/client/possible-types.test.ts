import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildSchema, isAbstractType } from 'graphql';
import { expect, test } from 'vitest';
import { possibleTypes } from '../../client/apollo.ts';

test('the kit knows every interface and union of the schema, else: tsx client/scripts/possible-types.ts', async () => {
  const schema = buildSchema(await readFile(resolve(import.meta.dirname, '../../schema.graphql'), 'utf8'));
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  const names = abstract.map((type) => [
    type.name,
    schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort(),
  ]);
  expect(possibleTypes).toEqual(Object.fromEntries(names));
});
