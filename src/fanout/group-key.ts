import { TypeInfo, visit, visitWithTypeInfo, type DocumentNode, type ExecutionArgs, type GraphQLSchema } from 'graphql';

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** The field answers different viewers differently: an operation that selects it is executed for each. */
    viewerDependent?: true;
  }
}

interface DocumentFacts {
  id: number;
  viewerDependent: boolean;
  /** Variables that change what an event shows: not those used only in `since`. */
  variables: readonly string[];
}

let documents = 0;
/** Yoga's parser cache gives equal documents the same object. */
const facts = new WeakMap<DocumentNode, DocumentFacts>();

/** Equal for operations that show every event alike. */
export function groupKey({ schema, document, operationName, variableValues }: ExecutionArgs): string {
  const { id, variables } = factsOf(schema, document);
  // An absent variable takes its default, null does not: they are told apart.
  const values = variables.map((name) => (variableValues && name in variableValues ? [variableValues[name]] : []));
  return JSON.stringify([id, operationName, values]);
}

/** Whether the operation selects a field that depends on who asks, however it selects it. */
export const isViewerDependent = ({ schema, document }: ExecutionArgs): boolean =>
  factsOf(schema, document).viewerDependent;

function factsOf(schema: GraphQLSchema, document: DocumentNode): DocumentFacts {
  let known = facts.get(document);
  if (!known) facts.set(document, (known = examine(schema, document)));
  return known;
}

function examine(schema: GraphQLSchema, document: DocumentNode): DocumentFacts {
  const variables = new Set<string>();
  let viewerDependent = false;
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        if (types.getFieldDef()?.extensions.viewerDependent) viewerDependent = true;
      },
      Argument(argument) {
        const onSubscription = types.getParentType() === schema.getSubscriptionType();
        return onSubscription && argument.name.value === 'since' ? false : undefined;
      },
      VariableDefinition: () => false,
      Variable(variable) {
        variables.add(variable.name.value);
      },
    }),
  );
  return { id: documents++, viewerDependent, variables: [...variables].toSorted() };
}
