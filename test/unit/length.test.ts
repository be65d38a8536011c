import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { contentOf, excessOf } from '../../web/messages/length.ts';

const { characters, bytes } = limits.messageContent;

test('a message is measured in characters as people count them', () => {
  expect(excessOf('a'.repeat(characters))).toEqual({ characters: 0, bytes: 0 });
  expect(excessOf('a'.repeat(characters + 3))).toEqual({ characters: 3, bytes: 0 });
  expect(excessOf(` ${'a'.repeat(characters)}\n`)).toEqual({ characters: 0, bytes: 0 });
});

test('and in bytes of the form in which it is stored', () => {
  const family = '👨‍👩‍👧‍👦';
  const size = new TextEncoder().encode(family).length;
  expect(excessOf(family.repeat(1_000))).toEqual({ characters: 0, bytes: 1_000 * size - bytes });
  // It has three bytes as typed, and two as stored.
  const decomposed = 'e\u0301';
  expect(contentOf(decomposed)).toBe('é');
  expect(excessOf(decomposed.repeat(characters))).toEqual({ characters: 0, bytes: 0 });
});
