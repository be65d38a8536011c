import { useState } from 'react';
import type { MessageContentFragment, UserNameFragment } from '../gql/graphql.ts';
import { useParley, type Parley } from '../parley.ts';
import { everyoneWords, hasMention, type MentionQuery } from './mention-text.ts';

/** A user, or everyone in the chat, under the word for it. */
export type Mentionable = UserNameFragment | { everyone: string };

/** For each field the names that were chosen, with the ids of their users, or null for everyone. */
const chosenOf = new WeakMap<Parley, Map<string, Map<string, string | null>>>();

/**
 * The mentions of a text that is being written. They are chosen from a list and kept by ids, for each key, until the page
 * is loaded again. `before` are those of a message that is edited.
 */
export function useMentioning(
  key: string,
  before?: Pick<MessageContentFragment, 'mentionedUsers' | 'mentionsEveryone'>,
) {
  const parley = useParley();
  const [query, setQuery] = useState<MentionQuery | null>(null);

  function chosen(): Map<string, string | null> {
    const all = chosenOf.get(parley) ?? new Map<string, Map<string, string | null>>();
    chosenOf.set(parley, all);
    const names = all.get(key) ?? new Map<string, string | null>();
    all.set(key, names);
    return names;
  }

  function choose(text: string, { start, end }: MentionQuery, whom: Mentionable): { text: string; caret: number } {
    const [name, userId] = 'everyone' in whom ? [whom.everyone, null] : [whom.username, whom.id];
    chosen().set(name, userId);
    setQuery(null);
    const upToCaret = `${text.slice(0, start)}@${name} `;
    return { text: upToCaret + text.slice(end).replace(/^ /, ''), caret: upToCaret.length };
  }

  /** Whom the text mentions: those who were chosen, without those whose name is no longer in the text. */
  function mentions(text: string): { mentionedUserIds: string[]; mentionsEveryone: boolean } {
    const own = new Map<string, string | null>([
      ...(before?.mentionedUsers ?? []).map(({ username, id }) => [username, id] as const),
      ...(before?.mentionsEveryone ? everyoneWords : []).map((word) => [word, null] as const),
      ...chosen(),
    ]);
    const present = [...own].flatMap(([name, userId]) => (hasMention(text, name) ? [userId] : []));
    return {
      mentionedUserIds: present.filter((userId) => userId !== null),
      mentionsEveryone: present.includes(null),
    };
  }

  return { query, setQuery, choose, mentions, forget: () => chosen().clear() };
}
