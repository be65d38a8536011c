import type { ListedMessageFragment } from '../gql/graphql.ts';

type Groups = ListedMessageFragment['reactionGroups'];

/** The groups after the viewer has added or removed a reaction. They are shown until the server has answered. */
export function toggled(groups: Groups, emoji: string): Groups {
  const group = groups.find((it) => it.emoji === emoji);
  if (!group) {
    const begun = { __typename: 'ReactionGroup' as const, emoji, count: 1, viewerHasReacted: true };
    return [...groups, begun];
  }
  const { viewerHasReacted } = group;
  const next = { ...group, count: group.count + (viewerHasReacted ? -1 : 1), viewerHasReacted: !viewerHasReacted };
  return groups.flatMap((it) => (it !== group ? it : next.count > 0 ? next : []));
}
