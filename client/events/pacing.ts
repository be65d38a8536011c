import { isKnown } from '../cache/stale.ts';
import type { StreamItemLike } from './items.ts';

const PAUSE_MS = 1_000;

/**
 * Each unknown item causes a refetch of what is shown of its chat, or of viewer state. So at most one a second is
 * applied: the first at once, and then the newest of those that arrived meanwhile, which stands for all of them.
 */
export function pacingUnknown<Item extends StreamItemLike>(apply: (items: readonly Item[]) => void) {
  /** The newest waiting item of each chat. */
  const waiting = new Map<string, Item | undefined>();

  function isDue(item: Item): boolean {
    const about = item.version === undefined ? item.chatId : 'the viewer';
    if (about === undefined || isKnown(item)) return true;
    const isFirst = !waiting.has(about);
    if (isFirst) setTimeout(() => wake(about), PAUSE_MS);
    waiting.set(about, isFirst ? undefined : item);
    return isFirst;
  }

  function wake(about: string): void {
    const item = waiting.get(about);
    waiting.delete(about);
    if (item) pace([item]);
  }

  function pace(items: readonly Item[]): void {
    const due = items.filter(isDue);
    if (due.length > 0) apply(due);
  }
  return pace;
}
