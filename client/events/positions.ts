export interface ChatPosition {
  chatId: string;
  position: number;
}

/** How far a client is, as it is kept beside a persisted cache. */
export interface StoredPositions {
  chats: ChatPosition[];
  viewerStateVersion: number;
}

/** As this kit keeps it, or as an earlier one did. */
export type KeptPositions = Readonly<StoredPositions> | readonly ChatPosition[];

/**
 * How far each chat is known: what `since` is made of. Of all the user's chats, not only of those on the screen. And how
 * far what belongs to the user alone is known.
 */
export class Positions {
  readonly #known: Map<string, number>;
  /** To send as `viewerStateSince`; 0 while nothing is known. */
  viewerStateVersion: number;

  constructor(kept: KeptPositions = []) {
    const { chats, viewerStateVersion } = 'chats' in kept ? kept : { chats: kept, viewerStateVersion: 0 };
    this.#known = new Map(chats.map(({ chatId, position }) => [chatId, position]));
    this.viewerStateVersion = viewerStateVersion;
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

  chatIds(): Iterable<string> {
    return this.#known.keys();
  }

  /** For the stream. A document that names no version hears nothing of what is the user's alone. */
  variables(document: string): { since: ChatPosition[]; viewerStateSince?: number } {
    const { chats, viewerStateVersion } = this.toJSON();
    const namesVersion = /\$viewerStateSince\b/.test(document);
    return { since: chats, ...(namesVersion && { viewerStateSince: viewerStateVersion }) };
  }

  /** To keep beside a persisted cache: what it names is in the cache. */
  toJSON(): StoredPositions {
    const chats = Array.from(this.#known, ([chatId, position]) => ({ chatId, position }));
    return { chats, viewerStateVersion: this.viewerStateVersion };
  }
}
