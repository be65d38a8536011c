import {
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import { required } from '../required.ts';
import { quote } from './quote.ts';

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** The mutation checks a secret, which is expensive and could be guessed. An operation may contain it only once. */
    oncePerOperation?: true;
  }
}

/**
 * Refuses a document by its shape alone: too many root fields, too many levels, or so many selections of the same name
 * that validation, which compares them in pairs, would take long.
 */
export function checkShape(schema: GraphQLSchema, document: DocumentNode): void {
  const fragments = fragmentsOf(document);
  let work = 0;
  const count = (alike: number) => {
    work += 1 + alike;
    if (work > limits.operation.selections) {
      throw tooMuch(`It has more than ${limits.operation.selections} selections, each counted with those like it`);
    }
  };

  /** The fields of selections that are merged in the result, by response name. */
  function merge(sets: readonly SelectionSetNode[]): Map<string, FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const collect = ({ selections }: SelectionSetNode) => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) {
          const name = selection.alias?.value ?? selection.name.value;
          if (name.length > limits.echoedCharacters) {
            throw new BadRequestError(
              `${quote(name)}: an alias must be at most ${limits.echoedCharacters} characters.`,
            );
          }
          const alike = fields.get(name);
          count(alike?.length ?? 0);
          if (alike) alike.push(selection);
          else fields.set(name, [selection]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          count(0);
          collect(selection.selectionSet);
        } else {
          count(spread.size);
          if (spread.has(selection.name.value)) continue;
          spread.add(selection.name.value);
          const fragment = fragments.get(selection.name.value);
          if (fragment) collect(fragment.selectionSet);
        }
      }
    };
    for (const set of sets) collect(set);
    return fields;
  }

  function descend(fields: ReadonlyMap<string, readonly FieldNode[]>, level: number): void {
    if (level > limits.operation.depth) throw tooMuch(`It is more than ${limits.operation.depth} levels deep`);
    for (const nodes of fields.values()) {
      const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (sets.length > 0) descend(merge(sets), level + 1);
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const root = merge([definition.selectionSet]);
    checkRoot(schema, definition, root);
    descend(root, 1);
  }
}

function checkRoot(
  schema: GraphQLSchema,
  { operation }: OperationDefinitionNode,
  fields: ReadonlyMap<string, readonly FieldNode[]>,
): void {
  const { rootFields, mutations, sessionMutations } = limits.operation;
  if (fields.size > rootFields)
    throw tooMuch(`It has ${fields.size} root fields, and at most ${rootFields} are allowed`);
  if (operation !== OperationTypeNode.MUTATION) return;
  if (fields.size > mutations) throw tooMuch(`It has ${fields.size} mutations, and at most ${mutations} are allowed`);
  const known = required(schema.getMutationType()).getFields();
  const ofSession = [...fields.values()].filter(
    ([node]) => known[required(node).name.value]?.extensions.oncePerOperation,
  );
  if (ofSession.length > sessionMutations) {
    const names = ofSession.map(([node]) => required(node).name.value);
    throw tooMuch(
      `It has ${new Set(names).size === 1 ? names[0] : 'session mutations'} ${names.length} times, and at most ${sessionMutations} is allowed`,
    );
  }
}

const tooMuch = (why: string): BadRequestError =>
  new BadRequestError(`This operation asks for too much. ${why}: ask for less, or in several operations.`);

export function fragmentsOf({ definitions }: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
