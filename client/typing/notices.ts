/** Milliseconds after which a user who still types is reported again. */
const EVERY_MS = 3_000;
/** The server ignores reports that come sooner. */
const PAUSE_MS = 2_000;
/** Milliseconds after which typing ends by itself. */
const LASTS_MS = 6_000;

/** Decides when the user's typing is reported, so that the server does not ignore a report. */
export class TypingNotices {
  readonly #tell: (chatId: string, isTyping: boolean) => void;
  /** For each chat the time of the last report, and whether typing has ended since. */
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

  /** The typed text is a message now, which ends typing on the server too. */
  sent(chatId: string): void {
    const told = this.#told.get(chatId);
    if (told) told.isTyping = false;
  }
}
