import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildSchema, getNamedType, isAbstractType, isUnionType } from 'graphql';
import { expect, test } from 'vitest';
import { possibleTypes } from '../../../client/apollo.ts';
import { chatMutations } from '../../../client/cache/chat-mutations.ts';

test('the kit knows every interface and union of the schema', async () => {
  const schema = buildSchema(await readFile(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
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

test('the kit knows every mutation that returns a chat, a message, or the end of a chat', async () => {
  const schema = buildSchema(await readFile(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
  const changing = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(({ type }) => {
    const union = getNamedType(type);
    const types = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
    return types.some((name) => ['Chat', 'Message', 'ChatDeleted', 'MemberRemoved'].includes(name));
  });
  expect(changing.length).toBeGreaterThan(10);
  expect([...chatMutations].sort()).toEqual(changing.map(({ name }) => name).sort());
});
