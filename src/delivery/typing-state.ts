/**
 * Who types in one chat, as far as this server has heard. It is made with the chat's topic and lives as long. Times are of
 * this server's clock alone: servers' clocks differ.
 */
import { limits } from '../limits.ts';
import type { Typing } from '../log/event-types.ts';
import type { TypingNotice } from '../log/wire-format.ts';

/** Milliseconds after which somebody types no longer, unless they say so again. */
export const TYPING_LASTS = 6_000;

export class TypingState {
  /** When each ends, in the order in which they began. */
  readonly #until = new Map<string, number>();
  /** Whose membership has ended: what they said before it may come late. */
  readonly #gone = new Set<string>();

  /** Whether there is something to tell. */
  receive({ userId, isTyping }: TypingNotice): boolean {
    if (!isTyping) return this.#until.delete(userId);
    if (this.#gone.has(userId)) return false;
    this.#until.set(userId, Date.now() + TYPING_LASTS);
    return true;
  }

  /** Somebody has sent what they typed. Answers whether there is something to tell. */
  sent(userId: string): boolean {
    return this.#until.delete(userId);
  }

  /** A membership has ended. Answers whether there is something to tell. */
  left(userId: string): boolean {
    this.#gone.add(userId);
    return this.#until.delete(userId);
  }

  joined(userId: string): void {
    this.#gone.delete(userId);
  }

  /** Milliseconds until the first of them ends; undefined if nobody types. */
  get nextEnd(): number | undefined {
    const first = Math.min(...this.#until.values());
    return Number.isFinite(first) ? Math.max(first - Date.now(), 0) : undefined;
  }

  /** Forgets those whose time is over. Answers whether there is something to tell. */
  expire(): boolean {
    const now = Date.now();
    const over = [...this.#until].filter(([, until]) => until <= now);
    for (const [userId] of over) this.#until.delete(userId);
    return over.length > 0;
  }

  shown(): Typing {
    const last = Math.max(0, ...this.#until.values());
    return {
      userIds: [...this.#until.keys()].slice(0, limits.typingUsers),
      userCount: this.#until.size,
      expiresInMs: Math.max(last - Date.now(), 0),
    };
  }
}
