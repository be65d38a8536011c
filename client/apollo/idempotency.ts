import { ApolloLink } from '@apollo/client';
import { newIdempotencyKey } from '../http/idempotency.ts';

/**
 * Gives every mutation an Idempotency-Key: the one that the app has set, for an action that it may repeat, or a new
 * one.
 */
export function createIdempotencyLink(): ApolloLink {
  return new ApolloLink((operation, forward) => {
    if (operation.operationType === 'mutation') {
      operation.setContext(({ headers, idempotencyKey = newIdempotencyKey() }) => ({
        headers: { ...(headers as object), 'idempotency-key': idempotencyKey as string },
      }));
    }
    return forward(operation);
  });
}
