import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  getOperationAST,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  parse,
  visit,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLInputField,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { eventsDocument, sendMessageDocument } from '../../client/events/document.ts';
import { costOf } from '../../src/graphql/cost.ts';
import { Documents } from '../../src/graphql/documents.ts';
import { fragmentsOf } from '../../src/graphql/shape.ts';
import { limits } from '../../src/limits.ts';
import { schema } from '../../src/schema.ts';
import { graphiqlExample } from '../../src/transport/graphiql-example.ts';
import { selectAll } from '../support/whole-selection.ts';

/** Apollo Client selects the type of every object. */
const asApolloAsks = (text: string): DocumentNode =>
  visit(parse(text), {
    SelectionSet: (node, _, parent) => {
      const isRoot = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
      return isRoot ? node : { ...node, selections: [...node.selections, typename] };
    },
  });
const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;

/** Lists without a cost, and texts and lists of unlimited length. */
function unlimited(of: GraphQLSchema): string[] {
  const found: string[] = [];
  const check = (name: string, { type, extensions }: GraphQLArgument | GraphQLInputField) => {
    const list = isListType(getNullableType(type));
    const { bytes, items } = extensions.size ?? {};
    if (list && items === undefined) found.push(name);
    if ([GraphQLString.name, 'JSON'].includes(getNamedType(type).name) && bytes === undefined) found.push(name);
  };
  for (const type of Object.values(of.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const list = isListType(getNullableType(field.type));
      if (list && field.extensions.cost?.rows === undefined) found.push(`${type.name}.${field.name}`);
      for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name}:)`, argument);
    }
  }
  return found;
}

describe('the schema', () => {
  test('has a cost for each list, and a length for each text and list that clients send', () => {
    expect(unlimited(schema)).toEqual([]);
  });

  test('is checked by a test that finds missing ones', () => {
    const bare = buildSchema(`
      type Query { list: [Int!]! field(text: String, ids: [ID!]!, id: ID, number: Int, input: Bare): Int }
      input Bare { text: String! list: [Bare!] }`);
    expect(unlimited(bare)).toEqual([
      'Query.list',
      'Query.field(text:)',
      'Query.field(ids:)',
      'Bare.text',
      'Bare.list',
    ]);
    const args = {
      text: { type: GraphQLString, extensions: { size: { bytes: 1 } } },
      ids: { type: new GraphQLList(GraphQLID), extensions: { size: { items: 1 } } },
    };
    const list = { type: new GraphQLList(GraphQLInt), args, extensions: { cost: { rows: 1 } } };
    const query = new GraphQLObjectType({ name: 'Query', fields: { list } });
    expect(unlimited(new GraphQLSchema({ query }))).toEqual([]);
  });
});

describe('these documents are within the limits, and cost about', () => {
  const web = ['events', 'chats/chats', 'chat/chat', 'messages/messages', 'people/people'];
  const ofWeb = async () =>
    (
      await Promise.all(web.map((name) => readFile(new URL(`../../web/${name}.graphql`, import.meta.url), 'utf8')))
    ).join('\n');
  const everything = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };
  const whole = `subscription { events { __typename ... on ChatAdded { chat { viewerRole } } ... on Event { at: position }
    ... on StreamItem ${selectAll(schema, schema.getType('StreamItem')!)} } }`;

  test.each<[string, string, number, () => string | Promise<string>]>([
    ['the introspection of GraphQL Code Generator and Relay', '', 9_000, () => getIntrospectionQuery()],
    ['the introspection of GraphiQL and Apollo', '', 10_000, () => getIntrospectionQuery(everything)],
    ['the kit’s stream', '', 300, () => eventsDocument],
    ['the kit’s sending', '', 300, () => sendMessageDocument],
    ['the application’s stream', 'Events', 1_600, ofWeb],
    ['the application’s list of chats', 'Chats', 2_600, ofWeb],
    ['the application’s messages', 'Messages', 13_500, ofWeb],
    ['the application’s page of those who reacted', 'Reactors', 10_600, ofWeb],
    ['the application’s new chat', 'CreateChat', 1_700, ofWeb],
    ['GraphiQL’s example', 'Chats', 300, () => graphiqlExample],
    ['an event with every field, and one row of each page', '', 1_800, () => whole],
  ])('%s', async (_, operationName, about, text) => {
    const documents = new Documents(schema);
    // The files of the application are one document in this test, and several in the application.
    const files = operationName && text === ofWeb ? asApolloAsks(await ofWeb()) : documents.parse(await text());
    const operation = getOperationAST(files, operationName || undefined)!;
    const { cost } = costOf({ schema, operation, fragments: fragmentsOf(files), variables: { last: 50 } });
    expect(cost).toBeLessThanOrEqual(about);
    expect(about).toBeLessThanOrEqual(
      operation.operation === 'subscription' ? limits.operation.subscriptionCost : limits.operation.cost,
    );
    if (text !== ofWeb) expect(documents.validate(files, { operationName: operationName || null })).toEqual([]);
  });
});

describe('documents', () => {
  const large = (i: number) => `{ viewer { ${Array.from({ length: 1_600 }, (_, k) => `a${i}_${k}: id`).join(' ')} } }`;

  test('that are equal are one object, if they are valid', () => {
    const documents = new Documents(schema);
    const read = (text: string) => {
      const document = documents.parse(text);
      return { document, errors: documents.validate(document, {}) };
    };
    expect(read('{ viewer { id } }').document).toBe(read('{ viewer { id } }').document);
    expect(read('{ viewer { nothing } }').document).not.toBe(read('{ viewer { nothing } }').document);
    expect(read('{ viewer { nothing } }').errors).toHaveLength(1);
  });

  test('take at most their memory limit, however many there are', () => {
    const documents = new Documents(schema);
    for (let i = 0; i < 50; i++) {
      expect(documents.validate(documents.parse(large(i)), {})).toEqual([]);
      expect(documents.size).toBeLessThanOrEqual(limits.document.keptBytes);
    }
    expect(documents.size).toBeGreaterThan(limits.document.keptBytes / 2);
    documents.parse(`${large(0)} # another, which nobody validated`);
    const { size } = documents;
    documents.validate(documents.parse(`{ nothing } ${'#\n'.repeat(4_000)}`), {});
    expect(documents.size).toBe(size);
  });
});
