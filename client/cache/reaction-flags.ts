import { shownIn } from './answer.ts';
import type { AppliedItem, ShownGroup } from './applied.ts';

/** The value of `viewerHasReacted` in one group, as an event implies it. */
export interface Told {
  readonly messageId: string;
  readonly emoji: string;
  readonly hasReacted: boolean;
}

/**
 * Follows `ReactionGroup.viewerHasReacted`. Live documents do not select it, since such an event would run for each
 * viewer: whose reaction was added or removed tells the same.
 */
export class ReactionFlags {
  /** The revision at which a result showed the flags of a message. */
  readonly #answered = new Map<string, number>();

  answered(answer: unknown): void {
    for (const message of shownIn(answer).messages) {
      const { reactionGroups } = message as { reactionGroups?: readonly ShownGroup[] };
      if (!reactionGroups?.some(({ viewerHasReacted }) => viewerHasReacted !== undefined)) continue;
      this.#answered.set(message.id, Math.max(message.revision, this.#answered.get(message.id) ?? 0));
    }
  }

  /** Called at a `ChatReset`, after which revisions may be lower. */
  forget(): void {
    this.#answered.clear();
  }

  /**
   * Undefined if the event is not about a reaction, does not imply a flag, or is older than a result that showed it.
   */
  told(item: AppliedItem, viewerId: string | undefined): Told | undefined {
    const { __typename, message, position = Infinity } = item;
    const isAdded = __typename === 'ReactionAdded';
    if (!message || (!isAdded && __typename !== 'ReactionRemoved')) return undefined;
    if (position <= (this.#answered.get(message.id) ?? 0)) return undefined;
    const { emoji, user } = isAdded ? (item.reaction ?? {}) : item;
    const userId = (user as { id?: string } | undefined)?.id;
    if (emoji === undefined || userId === undefined || viewerId === undefined) return undefined;
    if (userId === viewerId) return { messageId: message.id, emoji, hasReacted: isAdded };
    // A group that somebody else has just begun is not the viewer's.
    const count = message.reactionGroups?.find((group) => group.emoji === emoji)?.count;
    return isAdded && count === 1 ? { messageId: message.id, emoji, hasReacted: false } : undefined;
  }
}

/** The groups that are shown, with what else is cached of those that are as they were. */
export function mergeGroups<Group extends ShownGroup>(
  old: readonly Group[] | undefined,
  shown: readonly Group[],
): Group[] {
  const known = new Map(old?.map((group) => [group.emoji, group]));
  return shown.map((group) => {
    const before = known.get(group.emoji);
    if (!before) return group;
    const isSame = group.count === undefined || group.count === before.count;
    if (isSame) return { ...before, ...group };
    const { viewerHasReacted } = before;
    return { ...(viewerHasReacted !== undefined && { viewerHasReacted }), ...group };
  });
}
