import { gql } from '@urql/core';
import { isMessage } from '../cache/answer.ts';
import type { ShownGroup } from '../cache/applied.ts';
import { rewrite } from '../cache/rewrite.ts';

/** The property that holds the key of a group in graphcache. No document selects it. */
const KEY = 'parleyKey';

const groupKey = (messageId: string, emoji: string): string => `${messageId}:${emoji}`;

/** The entity of a group. */
export const groupEntity = (messageId: string, emoji: string): string => `ReactionGroup:${groupKey(messageId, emoji)}`;

/** The key for graphcache's `keys`. A group without one, such as in an optimistic result, is stored in its message. */
export const keyOfGroup = (group: Record<string, unknown>): string | null => (group[KEY] as string | undefined) ?? null;

export const REACTED = gql`
  fragment ParleyReacted on ReactionGroup {
    viewerHasReacted
  }
`;

/** A group in the form that `writeFragment` takes. */
export const reactedGroup = (messageId: string, emoji: string, viewerHasReacted: boolean) => ({
  __typename: 'ReactionGroup',
  [KEY]: groupKey(messageId, emoji),
  viewerHasReacted,
});

/**
 * Returns the result with a key in each reaction group, made of message and emoji. Without keys graphcache would
 * confuse groups that have the same index in their lists.
 */
export const withGroupKeys = <T>(answer: T): T =>
  rewrite(answer, (object) => {
    const { reactionGroups } = object as { reactionGroups?: readonly ShownGroup[] | null };
    if (!isMessage(object) || !reactionGroups) return object;
    const keyed = reactionGroups.map((group) =>
      group.emoji === undefined ? group : { ...group, [KEY]: groupKey(object.id, group.emoji) },
    );
    return { ...object, reactionGroups: keyed };
  });
