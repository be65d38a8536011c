import {
  getOperationAST,
  GraphQLError,
  valueFromASTUntyped,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { BadRequestError } from '../errors.ts';
import { limits } from '../limits.ts';
import { required } from '../required.ts';
import { costOf } from './cost.ts';
import { fragmentsOf } from './shape.ts';
import { checkLiterals, checkValue, type VariableUse } from './inputs.ts';

/** Facts about an operation of a valid document, computed once. */
interface Facts {
  uses: readonly VariableUse[];
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  defaults: Readonly<Record<string, unknown>>;
  /** Whether its cost is known to be allowed, whatever its variables are. */
  allowed: boolean;
}
const facts = new WeakMap<OperationDefinitionNode, Facts>();

/** A request as its client sent it. Only `variables` is known to be an object. */
export interface OperationRequest {
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/**
 * The errors for which an operation of a valid document is not executed: a value is too large, or it costs too much.
 */
export function refuse(
  schema: GraphQLSchema,
  document: DocumentNode,
  request: OperationRequest,
): readonly GraphQLError[] {
  const operation = getOperationAST(document, request.operationName);
  // The execution reports an operation that is missing or ambiguous.
  if (!operation) return [];
  try {
    const known = factsOf(schema, document, operation);
    const variables: Record<string, unknown> = { ...known.defaults, ...request.variables };
    for (const use of known.uses) {
      if (Object.hasOwn(variables, use.variable)) checkValue(variables[use.variable], use);
    }
    if (!known.allowed) checkCost(schema, operation, known, variables);
    return [];
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error;
    return [new GraphQLError(error.message, { originalError: error })];
  }
}

function checkCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  known: Facts,
  variables: Record<string, unknown>,
): void {
  const { cost, depends } = costOf({ schema, operation, fragments: known.fragments, variables });
  const allowed = operation.operation === 'subscription' ? limits.operation.subscriptionCost : limits.operation.cost;
  if (cost > allowed) {
    throw new BadRequestError(
      `This operation asks for too much. It may cost ${cost}, and at most ${allowed} is allowed: ask for smaller pages, or in several operations.`,
    );
  }
  known.allowed = !depends;
}

function factsOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Facts {
  let known = facts.get(operation);
  if (known) return known;
  const uses = checkLiterals(schema, document);
  const fragments = fragmentsOf(document);
  const reached = new Set<DefinitionNode>([operation]);
  // The iteration of a set includes elements that are added during it.
  for (const definition of reached) {
    visit(definition, { FragmentSpread: ({ name }) => void reached.add(required(fragments.get(name.value))) });
  }
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue) defaults[variable.name.value] = valueFromASTUntyped(defaultValue);
  }
  known = {
    uses: [...reached].flatMap((definition) => required(uses.get(definition))),
    fragments,
    defaults,
    allowed: false,
  };
  facts.set(operation, known);
  return known;
}
