import type { ChatHeadQuery } from '../gql/graphql.ts';

export type ChatHead = NonNullable<ChatHeadQuery['chat']>;
