import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/**
 * Selects every field that can be reached from a type and that is not marked `viewerDependent`, at least once, with one
 * row of each connection. Under each item a type is selected completely where it first appears, and by `__typename`
 * where it appears again.
 */
export function selectAll(schema: GraphQLSchema, type: GraphQLNamedType, seen = new Set<string>()): string {
  if (isInterfaceType(type) || isUnionType(type)) {
    const members = schema.getPossibleTypes(type);
    return `{ __typename ${members.map((member) => `... on ${member.name} ${selectAll(schema, member, new Set(seen))}`).join(' ')} }`;
  }
  if (!isObjectType(type) || seen.has(type.name)) return '{ __typename }';
  seen.add(type.name);
  const fields = unmarked(type).map((field) => {
    const named = getNamedType(field.type);
    // A field may have different types in two items, so each gets an alias of its own.
    const page = field.args.some(({ name }) => name === 'first') ? '(first: 1)' : '';
    const alias = `${type.name}_${field.name}: ${field.name}${page}`;
    return isCompositeType(named) ? `${alias} ${selectAll(schema, named, seen)}` : alias;
  });
  return `{ ${fields.join(' ')} }`;
}

const unmarked = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).filter((field) => !field.extensions.viewerDependent);
