// The published entry `@parley/client/urql`.
export { createParley, type UrqlParley, type UrqlParleyOptions } from './urql/parley.ts';
export { graphcacheConfig, type CacheHooks } from './urql/graphcache.ts';
export { possibleTypes } from './cache/possible-types.ts';
