// The published entry `@parley/client/apollo`.
export { createParley, type ApolloParley, type ApolloParleyOptions } from './apollo/parley.ts';
export { ParleyCache, type CacheHooks } from './apollo/cache.ts';
export { createIdempotencyLink } from './apollo/idempotency.ts';
export { typePolicies } from './apollo/policies.ts';
export { possibleTypes } from './cache/possible-types.ts';
