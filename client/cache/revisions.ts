import { isMessage } from './answer.ts';

/** What a message has for life. */
const UNCHANGING = ['__typename', 'id', 'chatId', 'authorId', 'createdAt', 'position'];

/**
 * Which revision of each message each of its fields was last seen at. What an answer shows older than that is taken
 * out of it before it comes to a cache: there the newer value stays.
 */
export class Revisions {
  readonly #messages = new Map<string, { chatId: unknown; fields: Record<string, number> }>();

  /** The answer without what is older than known. It is not changed itself: others may hold it as well. */
  newest<T>(answer: T): T {
    return this.#visit(answer) as T;
  }

  /** Forget a chat's messages, and say which they were. */
  forget(chatId: string): string[] {
    const ids = [...this.#messages].flatMap(([id, message]) => (message.chatId === chatId ? [id] : []));
    for (const id of ids) this.#messages.delete(id);
    return ids;
  }

  #visit(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const elements = value.map((element) => this.#visit(element));
      return elements.some((element, index) => element !== value[index]) ? elements : value;
    }
    const before = Object.entries(value);
    const after = before.map(([key, child]) => [key, this.#visit(child)] as const);
    const kept = isMessage(value) ? this.#keepNewest(value, after) : after;
    const same = kept.length === before.length && kept.every(([, child], index) => child === before[index]?.[1]);
    return same ? value : Object.fromEntries(kept);
  }

  #keepNewest(
    message: { id: string; revision: number },
    entries: (readonly [string, unknown])[],
  ): (readonly [string, unknown])[] {
    let known = this.#messages.get(message.id);
    if (!known) this.#messages.set(message.id, (known = { chatId: undefined, fields: {} }));
    const { fields } = known;
    known.chatId ??= entries.find(([key]) => key === 'chatId')?.[1];
    return entries.filter(([key]) => {
      if (UNCHANGING.includes(key)) return true;
      if ((fields[key] ?? 0) > message.revision) return false;
      fields[key] = message.revision;
      return true;
    });
  }
}
