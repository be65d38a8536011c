import { execute, getOperationAST, GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { Context } from '../context.ts';

/**
 * Executes a query, and stops it after this time: the answer is an error, and it reads nothing more. A mutation is not
 * stopped, because its client must learn the result of what it has begun. Only the database limits its statements.
 */
export async function executeInTime(args: ExecutionArgs, milliseconds: number): Promise<ExecutionResult> {
  const { document, operationName, contextValue } = args;
  const execution = execute(args);
  if (!(execution instanceof Promise) || getOperationAST(document, operationName)?.operation === 'mutation') {
    return execution;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ExecutionResult>((resolve) => {
    timer = setTimeout(() => {
      (contextValue as Context).loaders.stop();
      resolve({ errors: [tooLate(milliseconds)] });
    }, milliseconds);
  });
  return Promise.race([execution, late]).finally(() => clearTimeout(timer));
}

const tooLate = (milliseconds: number) =>
  new GraphQLError(
    `This operation was stopped after ${milliseconds} ms: ask for less, or again when the server has less to do.`,
    { extensions: { code: 'RATE_LIMITED' } },
  );
