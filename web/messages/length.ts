import { limits } from '../../src/limits.ts';

const { characters, bytes } = limits.messageContent;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A message as it is sent and stored: without blanks around it, each character in one spelling. */
export function contentOf(text: string): string {
  return text.trim().normalize('NFC');
}

/** By how many characters, as people count them, and by how many bytes a message is too long. */
export function excessOf(text: string): { characters: number; bytes: number } {
  // No character is shorter than a UTF-16 unit, and none of those takes more than three bytes.
  if (text.length <= Math.min(characters, bytes / 3)) return { characters: 0, bytes: 0 };
  const content = contentOf(text);
  return {
    characters: Math.max(0, [...graphemes.segment(content)].length - characters),
    bytes: Math.max(0, new TextEncoder().encode(content).length - bytes),
  };
}
