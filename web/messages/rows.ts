import type { ListedMessageFragment } from '../gql/graphql.ts';
import { sameDay } from '../language/dates.ts';

export interface MessageRow {
  message: ListedMessageFragment;
  /** The first message of a day: the date is shown above it. */
  startsDay: boolean;
  /** The first and the last of consecutive messages of one author. */
  startsGroup: boolean;
  endsGroup: boolean;
}

const oneGo = 5 * 60_000;

export function messageRows(edges: readonly { readonly node: ListedMessageFragment }[]): MessageRow[] {
  const messages = edges.map(({ node }) => node);
  return messages.map((message, index) => {
    const previous = messages[index - 1];
    const next = messages[index + 1];
    return {
      message,
      startsDay: !previous || !sameDay(previous.createdAt, message.createdAt),
      startsGroup: !previous || !belong(previous, message),
      endsGroup: !next || !belong(message, next),
    };
  });
}

function belong(one: ListedMessageFragment, next: ListedMessageFragment): boolean {
  return (
    one.authorId === next.authorId &&
    one.type !== 'SYSTEM' &&
    next.type !== 'SYSTEM' &&
    Date.parse(next.createdAt) - Date.parse(one.createdAt) < oneGo &&
    sameDay(one.createdAt, next.createdAt)
  );
}
