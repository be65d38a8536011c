import { readFileSync } from 'node:fs';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLInterfaceType,
} from 'graphql';
import { expect, test } from 'vitest';
import { nodeTypes } from '../../src/graphql/ids.ts';
import { schema } from '../../src/schema.ts';
import { findBrokenPromises } from '../support/schema-promises.ts';

test('everything in the schema has a description', () => {
  const bare: string[] = [];
  const check = (name: string, { description }: { description?: string | null | undefined }) => {
    if (!description?.trim()) bare.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      check(`${type.name}.${field.name}`, field);
      for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name}:)`, argument);
    }
  }
  expect(bare).toEqual([]);
});

test('ids are decoded for each type that `node` finds, and for no other', () => {
  const nodes = schema.getPossibleTypes(schema.getType('Node') as GraphQLInterfaceType);
  expect(nodes.map(({ name }) => name).toSorted()).toEqual(nodeTypes.toSorted());
});

test('a client of version 0.1.0 gets what it was promised', () => {
  const earlier = buildSchema(readFileSync('test/support/schema-0.1.0.graphql', 'utf8'));
  expect(findBrokenPromises(earlier, schema)).toEqual([]);
});

const before = `
  type Query { chat(id: ID): Chat! }
  type Chat { kind: Kind! status: Status! }
  enum Kind { DIRECT GROUP }
  "How it is. It may grow."
  enum Status { OPEN }
  enum Order { NEWEST }
  input Filter { order: Order }`;

test.each<[string, (text: string) => string, string[]]>([
  [
    'an enum of a field grows',
    (text) => text.replace('DIRECT', 'DIRECT CHANNEL'),
    ['CHANNEL was added to enum type Kind.'],
  ],
  ['an enum grows whose description allows it', (text) => text.replace('OPEN', 'OPEN CLOSED'), []],
  ['an enum of an input grows', (text) => text.replace('NEWEST', 'NEWEST OLDEST'), []],
  [
    'an argument becomes required',
    (text) => text.replace('id: ID', 'id: ID!'),
    ['Query.chat arg id has changed type from ID to ID!.'],
  ],
  [
    'a required argument is added',
    (text) => text.replace('id: ID', 'id: ID, at: ID!'),
    ['A required arg at on Query.chat was added.'],
  ],
  [
    'a field becomes nullable',
    (text) => text.replace('kind: Kind!', 'kind: Kind'),
    ['Chat.kind changed type from Kind! to Kind.'],
  ],
  ['a field is removed', (text) => text.replace('kind: Kind!', ''), ['Chat.kind was removed.']],
])('a broken promise is found: %s', (_, change, broken) => {
  expect(findBrokenPromises(buildSchema(before), buildSchema(change(before)))).toEqual(broken);
});
