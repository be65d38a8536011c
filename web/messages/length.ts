import { limits } from '../../src/limits.ts';

const { characters, bytes } = limits.messageContent;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The content as it is sent and stored: without surrounding white space, and in NFC. */
export function contentOf(text: string): string {
  return text.trim().normalize('NFC');
}

/** The numbers of characters, as people count them, and of bytes by which a message is too long. */
export function excessOf(text: string): { characters: number; bytes: number } {
  // A character has at least one UTF-16 unit, and a unit takes at most three bytes.
  if (text.length <= Math.min(characters, bytes / 3)) return { characters: 0, bytes: 0 };
  const content = contentOf(text);
  return {
    characters: Math.max(0, [...graphemes.segment(content)].length - characters),
    bytes: Math.max(0, new TextEncoder().encode(content).length - bytes),
  };
}
