import { createSession } from '../../client/core.ts';

/** Who is signed in on this browser. */
export const session = createSession({ url: '/graphql' });
