import type { ListedMessageFragment } from '../gql/graphql.ts';

/** What the field writes: a new message, a reply to one, or a new text for one. */
export type Draft = { kind: 'new' } | { kind: 'reply' | 'edit'; message: ListedMessageFragment };
