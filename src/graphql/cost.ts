import {
  __Schema,
  __Type,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  valueFromASTUntyped,
  visit,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { required } from '../required.ts';
import { introspectionCost } from './introspection-cost.ts';

type Arguments = Readonly<Record<string, unknown>>;

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** The cost of the field, if its type does not determine it. */
    cost?: {
      /** The cost of the field itself: by default 1, and for a mutation 100. */
      self?: (args: Arguments) => number;
      /** The maximum number of rows, each of which costs its selection. Every list needs it. */
      rows?: number | ((args: Arguments) => number);
      /** Whether it takes a statement, which all rows of one list share. By default every object does. */
      reads?: boolean;
    };
  }
}

/** The maximum cost of an operation: fields and statements. Selections on different types are not added up. */
interface Cost {
  fields: number;
  reads: number;
}

export interface CostArgs {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The values that were sent, and the defaults of the others. */
  variables: Record<string, unknown>;
}

/** The cost of a valid operation by the schema, and whether it depends on its variables. Nothing is executed. */
export function costOf({ schema, operation, fragments, variables }: CostArgs): { cost: number; depends: boolean } {
  const known = new Map<SelectionSetNode, Map<GraphQLCompositeType, Cost>>();
  let depends = false;
  const argumentsOf = (node: FieldNode): Arguments => {
    const given: [string, unknown][] = [];
    for (const { name, value } of node.arguments ?? []) {
      visit(value, { Variable: () => void (depends = true) });
      given.push([name.value, valueFromASTUntyped(value, variables)]);
    }
    return Object.fromEntries(given);
  };

  function ofSet(set: SelectionSetNode, type: GraphQLCompositeType): Cost {
    let ofTypes = known.get(set);
    if (!ofTypes) known.set(set, (ofTypes = new Map<GraphQLCompositeType, Cost>()));
    let cost = ofTypes.get(type);
    if (!cost)
      ofTypes.set(
        type,
        (cost = isObjectType(type) ? ofObject(set, type) : ofAnyOf(set, schema.getPossibleTypes(type))),
      );
    return cost;
  }

  /** A row has one of these types. The most expensive one counts. */
  function ofAnyOf(set: SelectionSetNode, types: readonly GraphQLObjectType[]): Cost {
    const costs = types.map((type) => ofSet(set, type));
    return {
      fields: Math.max(...costs.map(({ fields }) => fields)),
      reads: Math.max(...costs.map(({ reads }) => reads)),
    };
  }

  function ofObject({ selections }: SelectionSetNode, type: GraphQLObjectType): Cost {
    const cost: Cost = { fields: 0, reads: 0 };
    for (const selection of selections) {
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : undefined;
      let of: Cost | null = null;
      if (selection.kind === Kind.FIELD) of = ofField(selection, type);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        of = ofFragment(selection.typeCondition?.name.value, selection.selectionSet, type);
      else if (fragment) of = ofFragment(fragment.typeCondition.name.value, fragment.selectionSet, type);
      cost.fields += of?.fields ?? 0;
      cost.reads += of?.reads ?? 0;
    }
    return cost;
  }

  function ofFragment(condition: string | undefined, set: SelectionSetNode, type: GraphQLObjectType): Cost | null {
    const on = condition === undefined ? type : schema.getType(condition);
    const applies = on === type || (isAbstractType(on) && schema.isSubType(on, type));
    return applies ? ofSet(set, type) : null;
  }

  function ofField(node: FieldNode, type: GraphQLObjectType): Cost {
    const { name, selectionSet: set } = node;
    if (
      type === schema.getQueryType() &&
      set &&
      (name.value === SchemaMetaFieldDef.name || name.value === TypeMetaFieldDef.name)
    ) {
      const of = name.value === SchemaMetaFieldDef.name ? schema : schema.getType(String(argumentsOf(node).name));
      const meta = name.value === SchemaMetaFieldDef.name ? __Schema : __Type;
      return { fields: 1 + introspectionCost({ schema, fragments }, set, meta, of), reads: 0 };
    }
    const field = type.getFields()[name.value];
    // `__typename`, which has no definition of its own.
    if (!field) return { fields: 1, reads: 0 };
    const named = getNamedType(field.type);
    const { self, rows = 1, reads = isCompositeType(named) } = field.extensions.cost ?? {};
    const args = typeof self === 'function' || typeof rows === 'function' ? argumentsOf(node) : {};
    const below = set && isCompositeType(named) ? ofSet(set, named) : { fields: 0, reads: 0 };
    const plain = type === schema.getMutationType() ? MUTATION_COST : 1;
    return {
      fields: (self?.(args) ?? plain) + (typeof rows === 'function' ? rows(args) : rows) * below.fields,
      reads: (reads ? 1 : 0) + below.reads,
    };
  }

  const { fields, reads } = ofSet(operation.selectionSet, required(schema.getRootType(operation.operation)));
  return { cost: fields + reads * READ_COST, depends };
}

export const MUTATION_COST = 100;
const READ_COST = 10;
