import { readFile } from 'node:fs/promises';
import { buildSchema, isObjectType } from 'graphql';
import { expect, test } from 'vitest';

const schema = buildSchema(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** Types that are no Nodes, but whose ids name their own objects alone. */
const OWN = ['ActiveSession'];

// A cache that knows objects by `id` alone takes two types with one id for one object.
test('an `id` is that of one object in every type, or its description says what to select instead', () => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const others = types.filter(
    (type) =>
      'id' in type.getFields() && !OWN.includes(type.name) && type.getInterfaces().every(({ name }) => name !== 'Node'),
  );
  for (const type of others) {
    const { description } = type.getFields()['id']!;
    expect(description, type.name).toContain('instead');
  }
  expect(others.map(({ name }) => name)).toEqual(['ChatDeleted']);
});
