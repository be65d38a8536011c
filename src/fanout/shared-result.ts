/** The result of one execution, serialised once for all its receivers. */
import type { ExecutionResult } from 'graphql';

export class SharedResult {
  readonly json: string;
  /** Yoga serialises a result that has this by calling it. */
  readonly stringify = (): string => this.json;
  #latin1: string | undefined;

  constructor(result: ExecutionResult) {
    this.json = JSON.stringify(result);
  }

  /**
   * The bytes of its UTF-8 as a string of one-byte characters: `socket.write(…, 'latin1')` copies them as they are,
   * whatever the text, and they concatenate with other such strings.
   */
  get latin1(): string {
    return (this.#latin1 ??= Buffer.from(this.json).toString('latin1'));
  }
}
