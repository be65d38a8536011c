import { readFile } from 'node:fs/promises';
import { buildSchema, isObjectType } from 'graphql';
import { expect, test } from 'vitest';

const schema = buildSchema(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** Types that are not Nodes, but whose ids identify only their own objects. */
const OWN = ['ActiveSession'];

// A cache that identifies objects by `id` alone would mix up two types with the same id.
test('an `id` identifies one object in every type, or its description names the field to select instead', () => {
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
