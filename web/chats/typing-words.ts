import type { Typing } from '@parley/client';
import type { Texts } from '../language/en.ts';

/** The text about users who type; undefined if nobody does. In a direct chat it has no name. */
export function typingWords({ users, userCount }: Typing, isDirect: boolean, texts: Texts): string | undefined {
  const [first, second] = users;
  if (!first) return undefined;
  if (isDirect) return texts.typing.other;
  if (userCount === 1) return texts.typing.one(first.displayName);
  return second && userCount === 2
    ? texts.typing.two(first.displayName, second.displayName)
    : texts.typing.many(userCount);
}
