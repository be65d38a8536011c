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
 * A selection of every field that can be reached from a type and that is not marked `viewerDependent`, each at least
 * once. A type is selected in full where it first appears on a way, and by `__typename` where it comes again.
 */
export function selectAll(schema: GraphQLSchema, type: GraphQLNamedType, seen: readonly string[] = []): string {
  if (isInterfaceType(type) || isUnionType(type)) {
    const members = schema.getPossibleTypes(type);
    return `{ __typename ${members.map((member) => `... on ${member.name} ${selectAll(schema, member, seen)}`).join(' ')} }`;
  }
  if (!isObjectType(type) || seen.includes(type.name)) return '{ __typename }';
  const fields = unmarked(type).map((field) => {
    const named = getNamedType(field.type);
    // Types of two items differ in what a name of theirs is: each has its own.
    const alias = `${type.name}_${field.name}: ${field.name}`;
    return isCompositeType(named) ? `${alias} ${selectAll(schema, named, [...seen, type.name])}` : alias;
  });
  return `{ ${fields.join(' ')} }`;
}

export const unmarked = (type: GraphQLObjectType) =>
  Object.values(type.getFields()).filter((field) => !field.extensions.viewerDependent);
