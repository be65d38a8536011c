import { LRUCache } from 'lru-cache';
import { TYPING_LASTS } from '../delivery/typing-state.ts';
import { limits } from '../limits.ts';

/** Minimum milliseconds between two notices that a user types in a chat. */
const PAUSE = 2_000;
/** Maximum number of pairs of user and chat, and of users, that are remembered. */
const REMEMBERED = 50_000;

/** Limits how often a user may report typing on this server. Reports that come too soon are ignored. */
export class TypingPace {
  readonly #told = new LRUCache<string, { at: number; isTyping: boolean }>({ max: REMEMBERED, ttl: TYPING_LASTS });
  /** The number of reports of each user in the second that began with the first of them. */
  readonly #reports = new LRUCache<string, { since: number; count: number }>({ max: REMEMBERED });

  /**
   * Counts the report, and returns whether it has to be ignored. The end of typing is reported once after each
   * beginning.
   */
  isTooSoon(userId: string, chatId: string, isTyping: boolean): boolean {
    const last = this.#told.get(keyOf(userId, chatId));
    if (last && (isTyping ? Date.now() - last.at < PAUSE : !last.isTyping)) return true;
    const known = this.#reports.get(userId);
    const second = known && Date.now() - known.since < 1_000 ? known : { since: Date.now(), count: 0 };
    second.count += 1;
    this.#reports.set(userId, second);
    return second.count > limits.typingNotices;
  }

  told(userId: string, chatId: string, isTyping: boolean): void {
    const key = keyOf(userId, chatId);
    const at = isTyping ? Date.now() : (this.#told.get(key)?.at ?? 0);
    this.#told.set(key, { at, isTyping });
  }
}

const keyOf = (userId: string, chatId: string): string => `${chatId} ${userId}`;
