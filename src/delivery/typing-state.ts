/**
 * The users who type in one chat, as far as this server knows. It lives as long as the chat's topic. Times are of this
 * server's clock, because the clocks of servers differ.
 */
import { limits } from '../limits.ts';
import type { Typing } from '../log/ephemeral.ts';
import type { TypingNotice } from '../log/wire-format.ts';

/** Milliseconds after which a user no longer counts as typing, unless they report it again. */
export const TYPING_LASTS = 6_000;

export class TypingState {
  /** The time at which each user's typing ends, in the order in which they began. */
  readonly #until = new Map<string, number>();
  /** Users whose membership has ended. Their earlier reports may still arrive. */
  readonly #gone = new Set<string>();

  /** Takes a report. Returns whether the users who type have changed. */
  receive({ userId, isTyping }: TypingNotice): boolean {
    if (!isTyping) return this.#until.delete(userId);
    if (this.#gone.has(userId)) return false;
    this.#until.set(userId, Date.now() + TYPING_LASTS);
    return true;
  }

  /** A user has sent the message that they typed. Returns whether the users who type have changed. */
  sent(userId: string): boolean {
    return this.#until.delete(userId);
  }

  /** A membership has ended. Returns whether the users who type have changed. */
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

  /** Removes users whose time is over. Returns whether the users who type have changed. */
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
