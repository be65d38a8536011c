import {
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Finds changes from the earlier to the later schema that can break a client. */
export function findBrokenPromises(earlier: GraphQLSchema, later: GraphQLSchema): string[] {
  const closed = answeredEnums(earlier).filter(({ description }) => !/\bmay grow\b/.test(description ?? ''));
  const grown = findDangerousChanges(earlier, later).filter(
    ({ type, description }) =>
      type === DangerousChangeType.VALUE_ADDED_TO_ENUM &&
      closed.some(({ name }) => description.includes(`enum type ${name}.`)),
  );
  return [...findBreakingChanges(earlier, later), ...grown].map(({ description }) => description);
}

/** The enums of fields. A new value of any other enum only allows more input. */
function answeredEnums(schema: GraphQLSchema) {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type));
  const answers = types.flatMap((type) => Object.values(type.getFields()).map((field) => getNamedType(field.type)));
  return [...new Set(answers)].filter(isEnumType);
}
