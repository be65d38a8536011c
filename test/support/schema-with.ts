import { extendSchema, parse, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Context } from '../../src/context.ts';
import { schema } from '../../src/schema.ts';

type Resolve = (row: unknown, context: Context) => unknown;

/**
 * Returns the product's schema with additional fields, such as `'count: Int!'`, by type. The product's schema itself is
 * not changed.
 */
export function schemaWith(fields: Record<string, Record<string, Resolve>>): GraphQLSchema {
  const types = Object.entries(fields).map(([type, own]) => `extend type ${type} { ${Object.keys(own).join(' ')} }`);
  const extended = extendSchema(schema, parse(types.join(' ')));
  for (const [type, own] of Object.entries(fields)) {
    const known = (extended.getType(type) as GraphQLObjectType).getFields();
    for (const [field, resolve] of Object.entries(own))
      known[field.split(':')[0]!]!.resolve = (row, _, context: Context) => resolve(row, context);
  }
  return extended;
}
