import { LRUCache } from 'lru-cache';
import { TYPING_LASTS } from '../delivery/typing-state.ts';

/** Milliseconds between two notices of a user who types in a chat. */
const PAUSE = 2_000;
/** Pairs of user and chat that are remembered, for the time in which it matters. */
const REMEMBERED = 50_000;

/** How often users say that they type, on this server. More often than allowed is ignored. */
export class TypingPace {
  readonly #told = new LRUCache<string, { at: number; isTyping: boolean }>({ max: REMEMBERED, ttl: TYPING_LASTS });

  /** An end is told once after each beginning. */
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
