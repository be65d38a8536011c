import { LRUCache } from 'lru-cache';
import { TYPING_LASTS } from '../delivery/typing-state.ts';

/** Minimum milliseconds between two notices that a user types in a chat. */
const PAUSE = 2_000;
/** Maximum number of pairs of user and chat that are remembered. */
const REMEMBERED = 50_000;

/** Limits how often a user may report typing on this server. Reports that come too soon are ignored. */
export class TypingPace {
  readonly #told = new LRUCache<string, { at: number; isTyping: boolean }>({ max: REMEMBERED, ttl: TYPING_LASTS });

  /** The end of typing is reported once after each beginning. */
  isTooSoon(key: string, isTyping: boolean): boolean {
    const last = this.#told.get(key);
    if (!last) return false;
    return isTyping ? Date.now() - last.at < PAUSE : !last.isTyping;
  }

  told(key: string, isTyping: boolean): void {
    const at = isTyping ? Date.now() : (this.#told.get(key)?.at ?? 0);
    this.#told.set(key, { at, isTyping });
  }
}
