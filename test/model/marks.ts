/** The marks that users tried to set in a chat, and the answers. */
export interface Marks {
  /** Positions up to which they tried to mark it as read. */
  read: number[];
  /** Positions from which they tried to mark it as unread. */
  unread: number[];
  /** Positions up to which their devices tried to report messages as delivered. */
  delivered: number[];
  /** Read positions of the answers. */
  acknowledged: number[];
}

/** All marks of a history, by user and chat. */
export class AllMarks {
  readonly #marks = new Map<string, Marks>();

  of(userId: string, chatId: string): Marks {
    const key = `${userId} ${chatId}`;
    const marks = this.#marks.get(key) ?? { read: [], unread: [], delivered: [], acknowledged: [] };
    this.#marks.set(key, marks);
    return marks;
  }
}
