import { expect, test } from 'vitest';
import { toggled } from '../../web/messages/reaction-groups.ts';

const group = (emoji: string, count: number, viewerHasReacted: boolean) => ({
  __typename: 'ReactionGroup' as const,
  emoji,
  count,
  viewerHasReacted,
});

test('a reaction is added to its group, or begins one at the end', () => {
  const groups = [group('🎉', 2, false)];
  expect(toggled(groups, '🎉')).toEqual([group('🎉', 3, true)]);
  expect(toggled(groups, '👍')).toEqual([group('🎉', 2, false), group('👍', 1, true)]);
});

test('a reaction is removed from its group, and the last one removes the group', () => {
  const groups = [group('🎉', 2, true), group('👍', 1, true)];
  expect(toggled(groups, '🎉')).toEqual([group('🎉', 1, false), group('👍', 1, true)]);
  expect(toggled(groups, '👍')).toEqual([group('🎉', 2, true)]);
});
