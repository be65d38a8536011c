/** What users tried to mark in a chat, and what they were answered. */
export interface Marks {
  /** Up to where they tried to mark it as read. */
  read: number[];
  /** From where on they tried to leave it unread. */
  unread: number[];
  /** Up to where their devices tried to say that messages have arrived. */
  delivered: number[];
  /** Up to where they were told that they have read. */
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
