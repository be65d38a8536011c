import { possibleTypes } from './possible-types.ts';

/** The results of mutations that change chats. */
const CHANGING = ['Chat', 'Message', 'ChatDeleted', 'MemberRemoved'];

/**
 * The mutations with one of these results, found by the names of their unions: `sendMessage` returns
 * `SendMessageResult`.
 */
export const chatMutations: readonly string[] = Object.entries(possibleTypes)
  .filter(([name, types]) => name.endsWith('Result') && types.some((type) => CHANGING.includes(type)))
  .map(([name]) => name.charAt(0).toLowerCase() + name.slice(1, -'Result'.length));
