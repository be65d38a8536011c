/**
 * Decides which subscription operations can share one execution, and prepares the document that is executed for each
 * item.
 */
import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
  isRequiredArgument,
  Kind,
  type ListValueNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { required } from '../required.ts';
import { viewerDependentTypes } from './viewer-dependence.ts';

declare module 'graphql' {
  interface GraphQLArgumentExtensions {
    /** The argument of a subscription field chooses which items are sent. It does not change what an item shows. */
    selectsOnly?: true;
  }
}

interface DocumentFacts {
  /** A hash of the text. Equal documents may be different objects, because the document cache is bounded. */
  id: string;
  /** Types of items that are executed for each viewer. */
  perViewer: ReadonlySet<string>;
  /**
   * The document that is executed for each item, without `selectsOnly` arguments and the variables that only they use.
   */
  perEvent: DocumentNode;
  /** The variables that `perEvent` uses, and that therefore may change what an item shows. */
  variables: readonly string[];
}

const facts = new WeakMap<DocumentNode, DocumentFacts>();

/** A key that is equal for operations that show every item alike. */
export function cohortKey({ schema, document, operationName, variableValues }: ExecutionArgs): string {
  const { id, variables } = factsOf(schema, document);
  // An absent variable takes its default, but null does not. So the key must distinguish them.
  const values = variables.map((name) => (variableValues && name in variableValues ? [variableValues[name]] : []));
  return JSON.stringify([id, operationName, values]);
}

/**
 * The document and variables that are executed for each item. Arguments that only choose items are removed: graphql-js
 * coerces all variables at every execution, so a long list of chats would cost time for each item, and the cohort would
 * use the list of its first subscriber.
 */
export function perEvent({ schema, document, variableValues }: ExecutionArgs) {
  const { perEvent, variables } = factsOf(schema, document);
  const values = variableValues ?? {};
  const given = variables.flatMap((name) => (name in values ? [[name, values[name]] as const] : []));
  return { document: perEvent, variableValues: Object.fromEntries(given) };
}

/** The types of items under which the document selects a viewer-dependent field. */
export const perViewerTypes = ({ schema, document }: ExecutionArgs): ReadonlySet<string> =>
  factsOf(schema, document).perViewer;

function factsOf(schema: GraphQLSchema, document: DocumentNode): DocumentFacts {
  let known = facts.get(document);
  if (!known) facts.set(document, (known = examine(schema, document)));
  return known;
}

function examine(schema: GraphQLSchema, document: DocumentNode): DocumentFacts {
  const variables = new Set<string>();
  const types = new TypeInfo(schema);
  const withoutChoice: DocumentNode = visit(
    document,
    visitWithTypeInfo(types, {
      Argument(node) {
        const argument = types.getArgument();
        if (!argument?.extensions.selectsOnly) return undefined;
        // A required argument must stay, so it becomes an empty list. All of them are lists.
        return isRequiredArgument(argument) ? { ...node, value: NOTHING } : null;
      },
      VariableDefinition: () => false,
      Variable(variable) {
        variables.add(variable.name.value);
      },
    }),
  );
  const perEvent: DocumentNode = visit(withoutChoice, {
    VariableDefinition: ({ variable }) => (variables.has(variable.name.value) ? false : null),
    SelectionSet: () => false,
  });
  const perViewer = viewerDependentTypes(schema, document);
  return { id: hash(required(document.loc).source.body), perViewer, perEvent, variables: [...variables].toSorted() };
}

const NOTHING: ListValueNode = { kind: Kind.LIST, values: [] };

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
