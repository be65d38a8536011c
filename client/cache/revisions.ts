import { isMessage, type ShownMessage } from './answer.ts';
import { higherStatus } from '../receipts/status.ts';
import { rewrite } from './rewrite.ts';

/** Fields of a message that never change. */
const UNCHANGING = ['__typename', 'id', 'chatId', 'authorId', 'createdAt', 'position'];

interface KnownMessage {
  chatId: unknown;
  status: unknown;
  fields: Record<string, number>;
}

/**
 * Records at which revision each field of each message was last seen. Older fields of a result are removed before it
 * reaches the cache, so that newer values stay.
 */
export class Revisions {
  readonly #messages = new Map<string, KnownMessage>();

  /** Returns the result without fields that are older than those known. */
  newest<T>(answer: T): T {
    return rewrite(answer, (object) => (isMessage(object) ? this.#keepNewest(object) : object));
  }

  /** Forgets the messages of a chat, and returns their ids. */
  forget(chatId: string): string[] {
    const ids = [...this.#messages].flatMap(([id, message]) => (message.chatId === chatId ? [id] : []));
    for (const id of ids) this.#messages.delete(id);
    return ids;
  }

  #keepNewest(message: ShownMessage): object {
    let known = this.#messages.get(message.id);
    if (!known) this.#messages.set(message.id, (known = { chatId: undefined, status: undefined, fields: {} }));
    const { fields } = known;
    const { chatId, status } = message as { chatId?: unknown; status?: unknown };
    known.chatId ??= chatId;
    // The status is not part of the revision, and never goes back.
    known.status = higherStatus(status, known.status);
    const newest = status === known.status || !('status' in message) ? message : { ...message, status: known.status };
    const entries = Object.entries(newest);
    const kept = entries.filter(([key]) => {
      if (UNCHANGING.includes(key) || key === 'status') return true;
      if ((fields[key] ?? 0) > message.revision) return false;
      fields[key] = message.revision;
      return true;
    });
    return kept.length === entries.length ? newest : Object.fromEntries(kept);
  }
}
