import { createComplexityRule } from '@pothos/plugin-complexity';
import { GraphQLError, validate, visit, type DocumentNode, type ExecutionArgs } from 'graphql';
import { limits } from '../limits.ts';

/** Operations that were found to be allowed whatever their variables are, by name. */
const allowed = new WeakMap<DocumentNode, Set<string | null>>();

/** Refuses an operation that would read too much. */
export function checkCost(args: ExecutionArgs): readonly GraphQLError[] {
  const name = args.operationName ?? null;
  if (allowed.get(args.document)?.has(name)) return [];
  const errors = examine(args);
  if (errors.length === 0 && !dependsOnVariables(args.document)) {
    allowed.set(args.document, (allowed.get(args.document) ?? new Set()).add(name));
  }
  return errors;
}

/** Whether a variable says how much is read: in an argument of a page, or in a directive. */
function dependsOnVariables(document: DocumentNode): boolean {
  let depends = false;
  const look = { Variable: () => void (depends = true) };
  visit(document, {
    Directive: (directive) => void visit(directive, look),
    Argument: (argument) => {
      if (paging.has(argument.name.value)) visit(argument, look);
    },
  });
  return depends;
}
const paging = new Set(['first', 'last', 'ids']);

function examine({ schema, document, operationName, variableValues }: ExecutionArgs): readonly GraphQLError[] {
  const rule = createComplexityRule({
    context: {},
    variableValues: variableValues ?? {},
    operationName: operationName ?? null,
    validate: ({ complexity, depth }, report) => {
      if (complexity > limits.operation.cost) {
        report(tooMuch(`It may read ${complexity} fields, and at most ${limits.operation.cost} are allowed`));
      } else if (depth > limits.operation.depth) {
        report(tooMuch(`It is ${depth} levels deep, and at most ${limits.operation.depth} are allowed`));
      }
    },
  });
  return validate(schema, document, [rule]);
}

const tooMuch = (why: string): GraphQLError =>
  new GraphQLError(`This operation asks for too much. ${why}: ask for smaller pages, or in several operations.`, {
    extensions: { code: 'BAD_REQUEST' },
  });
