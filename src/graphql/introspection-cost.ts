import {
  getNamedType,
  isCompositeType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

interface Introspected {
  schema: GraphQLSchema;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/**
 * The exact number of fields that an introspection answers. They are counted in the schema without executing it.
 * The same selection of the same type or field is counted once, so that this takes no longer than the two are large.
 */
export function introspectionCost(
  { schema, fragments }: Introspected,
  set: SelectionSetNode,
  meta: GraphQLObjectType,
  of: unknown,
): number {
  const known = new Map<SelectionSetNode, Map<unknown, number>>();
  const info = { schema } as GraphQLResolveInfo;

  function ofSet({ set, type, value }: Selected): number {
    if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + ofSet({ set, type, value: each }), 0);
    if (typeof value !== 'object' || value === null) return 0;
    let ofValues = known.get(set);
    if (!ofValues) known.set(set, (ofValues = new Map<unknown, number>()));
    let cost = ofValues.get(value);
    if (cost === undefined) {
      cost = 0;
      for (const selection of set.selections) {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
        if (selection.kind === Kind.FIELD) cost += ofField(selection, type, value);
        else if (fragment?.selectionSet) cost += ofSet({ set: fragment.selectionSet, type, value });
      }
      ofValues.set(value, cost);
    }
    return cost;
  }

  function ofField({ name, selectionSet }: FieldNode, type: GraphQLObjectType, value: object): number {
    const field = type.getFields()[name.value];
    const named = field && getNamedType(field.type);
    if (!field || !selectionSet || !isCompositeType(named)) return 1;
    const below = field.resolve?.(value, { includeDeprecated: true }, null, info);
    return 1 + ofSet({ set: selectionSet, type: named as GraphQLObjectType, value: below });
  }

  return ofSet({ set, type: meta, value: of });
}

interface Selected {
  set: SelectionSetNode;
  type: GraphQLObjectType;
  value: unknown;
}
