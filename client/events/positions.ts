export interface ChatPosition {
  chatId: string;
  position: number;
}

/** The positions up to which a client has followed the stream, as they are stored beside a persisted cache. */
export interface StoredPositions {
  chats: ChatPosition[];
  viewerStateVersion: number;
}

/** Positions as this version of the kit stores them, or as an earlier version did. */
export type KeptPositions = Readonly<StoredPositions> | readonly ChatPosition[];

/**
 * The position up to which each chat is known, which `since` is made of, for all chats of the user. Also the version up
 * to which viewer state is known.
 */
export class Positions {
  readonly #known: Map<string, number>;
  /** The value for `viewerStateSince`; 0 while nothing is known. */
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

  /** The variables of the stream. A document without `viewerStateSince` receives no viewer state. */
  variables(document: string): { since: ChatPosition[]; viewerStateSince?: number } {
    const { chats, viewerStateVersion } = this.toJSON();
    const namesVersion = /\$viewerStateSince\b/.test(document);
    return { since: chats, ...(namesVersion && { viewerStateSince: viewerStateVersion }) };
  }

  /** The value to store beside a persisted cache. All events up to these positions are in the cache. */
  toJSON(): StoredPositions {
    const chats = Array.from(this.#known, ([chatId, position]) => ({ chatId, position }));
    return { chats, viewerStateVersion: this.viewerStateVersion };
  }
}
