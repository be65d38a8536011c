/** Whoever goes on typing is told of again after so many milliseconds. */
const EVERY_MS = 3_000;
/** The server ignores what comes sooner. */
const PAUSE_MS = 2_000;
/** A notice ends by itself after so many. */
const LASTS_MS = 6_000;

/** What the user has told of their typing: no more often than is heard. */
export class TypingNotices {
  readonly #tell: (chatId: string, isTyping: boolean) => void;
  /** When the last beginning was told in each chat, and whether it was ended since. */
  readonly #told = new Map<string, { at: number; isTyping: boolean }>();

  constructor(tell: (chatId: string, isTyping: boolean) => void) {
    this.#tell = tell;
  }

  set(chatId: string, isTyping: boolean): void {
    const now = Date.now();
    const { at, isTyping: wasTyping } = this.#told.get(chatId) ?? { at: -Infinity, isTyping: false };
    if (isTyping && now - at < (wasTyping ? EVERY_MS : PAUSE_MS)) return;
    if (!isTyping && !(wasTyping && now - at < LASTS_MS)) return;
    this.#told.set(chatId, { at: isTyping ? now : at, isTyping });
    this.#tell(chatId, isTyping);
  }

  /** What was typed is a message now, which ends the notice on the server too. */
  sent(chatId: string): void {
    const told = this.#told.get(chatId);
    if (told) told.isTyping = false;
  }
}
