export interface ChatPosition {
  chatId: string;
  position: number;
}

/** How far each chat is known: what `since` is made of. Of all the user's chats, not only of those on the screen. */
export class Positions {
  readonly #known: Map<string, number>;

  constructor(known: readonly ChatPosition[] = []) {
    this.#known = new Map(known.map(({ chatId, position }) => [chatId, position]));
  }

  get(chatId: string): number | undefined {
    return this.#known.get(chatId);
  }

  set(chatId: string, position: number): void {
    this.#known.set(chatId, position);
  }

  delete(chatId: string): void {
    this.#known.delete(chatId);
  }

  /** To send as `since`, or to keep beside a persisted cache: what it names is in the cache. */
  toJSON(): ChatPosition[] {
    return Array.from(this.#known, ([chatId, position]) => ({ chatId, position }));
  }
}
