/** Decodes published payloads for the feeds and watches. */
import type { CountedLine } from '../counted-line.ts';

/** The decoded payload, or undefined if it cannot be decoded. That is counted, and the database makes up for it. */
export function decodeOr<T>(notUnderstood: CountedLine, decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    notUnderstood.add(error);
    return undefined;
  }
}
