import type { StreamItemLike } from './items.ts';

const KEPT = 500;

/**
 * Keeps the newest items for results that were read before them and arrive after them: the missing items are applied
 * again to such a result. Endings are kept apart and are never dropped, so that no late result brings an ended chat
 * back.
 */
export class Recent<Item extends StreamItemLike> {
  #items: Item[] = [];
  readonly #endings = new Map<string, Item>();

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= 2 * KEPT) this.#items = this.#items.slice(-KEPT);
  }

  /** The items of this chat after `position` and up to `newest`; null if some of them are no longer kept. */
  between(chatId: string, position: number, newest: number): Item[] | null {
    const items = this.#items.filter((item) => item.chatId === chatId && (item.position ?? 0) > position);
    // Positions have no gaps, so the number of items shows whether all are there.
    return items.length === newest - position ? items : null;
  }

  end(chatId: string, ending: Item): void {
    this.forget(chatId);
    this.#endings.set(chatId, ending);
  }

  /** The ending after `position`, which a result that was read at `position` does not show. */
  endingAfter(chatId: string, position: number): Item | undefined {
    const ending = this.#endings.get(chatId);
    return ending && position < (ending.position ?? Infinity) ? ending : undefined;
  }

  /** Called when the chat begins anew, so that earlier items no longer count. */
  forget(chatId: string): void {
    this.#items = this.#items.filter((item) => item.chatId !== chatId);
    this.#endings.delete(chatId);
  }
}
