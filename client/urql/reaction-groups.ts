import { gql } from '@urql/core';
import { isMessage } from '../cache/answer.ts';
import type { ShownGroup } from '../cache/applied.ts';
import { rewrite } from '../cache/rewrite.ts';

/** What graphcache knows a group by, among the properties that are in no document. */
const KEY = 'parleyKey';

const groupKey = (messageId: string, emoji: string): string => `${messageId}:${emoji}`;

/** The entity of a group. */
export const groupEntity = (messageId: string, emoji: string): string => `ReactionGroup:${groupKey(messageId, emoji)}`;

/** For graphcache's `keys`. A group that came without a key, as of an optimistic result, lives in its message. */
export const keyOfGroup = (group: Record<string, unknown>): string | null => (group[KEY] as string | undefined) ?? null;

export const REACTED = gql`
  fragment ParleyReacted on ReactionGroup {
    viewerHasReacted
  }
`;

/** A group as `writeFragment` takes it. */
export const reactedGroup = (messageId: string, emoji: string, viewerHasReacted: boolean) => ({
  __typename: 'ReactionGroup',
  [KEY]: groupKey(messageId, emoji),
  viewerHasReacted,
});

/**
 * The answer with a key in each reaction group: an emoji is one for each message. Without keys, graphcache would take
 * groups for the same that stand at the same place of their lists.
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
