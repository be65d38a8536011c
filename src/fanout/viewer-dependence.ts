/** Finds the types of items that must be executed for each viewer. */
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { required } from '../required.ts';

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** The field's value depends on the viewer. Items that show it are executed for each viewer. */
    viewerDependent?: true;
  }
}

/**
 * The types of stream items under which a subscription selects a viewer-dependent field. Fields under `@include` or
 * `@skip` count as selected, whatever the variables are. A fragment on an interface counts for every type that
 * implements it. Under a subscription field that does not return stream items, either all types count or none.
 */
export function viewerDependentTypes(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const itemTypes = possibleTypes(schema, required(schema.getType('StreamItem')));
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }

  // Each selection set is examined once for each type of item: fragments may be spread many times.
  const examined = new Map<SelectionSetNode, Map<GraphQLObjectType | undefined, boolean>>();

  function selects(set: SelectionSetNode, parent: GraphQLNamedType, item?: GraphQLObjectType): boolean {
    const known = examined.get(set) ?? new Map<GraphQLObjectType | undefined, boolean>();
    examined.set(set, known);
    const answer = known.get(item) ?? set.selections.some((selection) => selectionDepends(selection, parent, item));
    known.set(item, answer);
    return answer;
  }

  function selectionDepends(selection: SelectionNode, parent: GraphQLNamedType, item?: GraphQLObjectType): boolean {
    if (selection.kind === Kind.FIELD) return fieldDepends(selection, parent);
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? required(fragments.get(selection.name.value)) : selection;
    const condition = fragment.typeCondition ? required(schema.getType(fragment.typeCondition.name.value)) : parent;
    if (item && !possibleTypes(schema, condition).includes(item)) return false;
    return selects(fragment.selectionSet, condition, item);
  }

  function fieldDepends({ name, selectionSet }: FieldNode, parent: GraphQLNamedType): boolean {
    const owners = [...(isInterfaceType(parent) ? [parent] : []), ...possibleTypes(schema, parent)];
    const field = owners.map((owner) => owner.getFields()[name.value]).find((definition) => definition);
    const isMarked = owners.some((owner) => owner.getFields()[name.value]?.extensions.viewerDependent);
    return isMarked || (!!field && !!selectionSet && selects(selectionSet, getNamedType(field.type)));
  }

  const dependent = new Set<string>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = required(schema.getSubscriptionType());
    for (const field of rootFields(node.selectionSet, fragments)) {
      const answer = root.getFields()[field.name.value]?.type;
      if (!answer || !field.selectionSet) continue;
      const type = getNamedType(answer);
      const answersItems = type.name === 'StreamItem';
      for (const item of itemTypes) {
        if (selects(field.selectionSet, type, answersItems ? item : undefined)) dependent.add(item.name);
      }
    }
  }
  return dependent;
}

function rootFields(set: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? required(fragments.get(selection.name.value)) : selection;
    return rootFields(fragment.selectionSet, fragments);
  });
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}
