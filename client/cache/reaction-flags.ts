import { shownIn } from './answer.ts';
import type { AppliedItem, ShownGroup } from './applied.ts';

/** The value of `viewerHasReacted` in one group, as an event implies it. */
export interface Told {
  readonly messageId: string;
  readonly emoji: string;
  readonly hasReacted: boolean;
}

/**
 * Keeps `ReactionGroup.viewerHasReacted` up to date. Live documents do not select it, because such an event would be
 * executed for each viewer. It follows from the user whose reaction was added or removed.
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
    // A group with one reaction, added by somebody else, is new and has none of the viewer.
    const count = message.reactionGroups?.find((group) => group.emoji === emoji)?.count;
    return isAdded && count === 1 ? { messageId: message.id, emoji, hasReacted: false } : undefined;
  }
}

/** Merges the shown groups with the fields that are cached of unchanged groups. */
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
