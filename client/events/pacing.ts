import { isKnown } from '../cache/stale.ts';
import type { StreamItemLike } from './items.ts';

const PAUSE_MS = 1_000;

/**
 * Each item that the kit does not know makes what is on the screen of its chat, or of what is the user's own, be fetched
 * again. So of each of these one is applied a second: the first at once, and then the newest of those that came meanwhile, which stands for all of them.
 */
export function pacingUnknown<Item extends StreamItemLike>(apply: (items: readonly Item[]) => void) {
  /** The newest that waits, by its chat. */
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
