import { ApolloLink } from '@apollo/client';
import { newIdempotencyKey } from '../http/idempotency.ts';

/** Every mutation has an Idempotency-Key: the app's own, for an intent it may try again, or a new one. */
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
