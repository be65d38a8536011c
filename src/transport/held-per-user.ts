import { required } from '../required.ts';

/** How many connections each user holds open on this server: WebSockets, and streams of Server-Sent Events. */
export class HeldPerUser {
  readonly limit: number;
  readonly #held = new Map<string, number>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Counts one more connection. Returns a function that releases it, or null if the user has as many as allowed. */
  take(userId: string): (() => void) | null {
    const held = this.#held.get(userId) ?? 0;
    if (held >= this.limit) return null;
    this.#held.set(userId, held + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = required(this.#held.get(userId)) - 1;
      if (left > 0) this.#held.set(userId, left);
      else this.#held.delete(userId);
    };
  }
}
