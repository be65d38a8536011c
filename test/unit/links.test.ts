import { expect, test } from 'vitest';
import { linkParts } from '../../web/messages/links.ts';

/** The addresses in a text: their text and their target. */
function links(text: string): [string, string][] {
  const parts = linkParts(text);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  return parts.flatMap(({ text, href }) => (href === undefined ? [] : [[text, href] as [string, string]]));
}

test.each([
  ['https://en.wikipedia.org/wiki/Mercury_(planet)', 'https://en.wikipedia.org/wiki/Mercury_(planet)'],
  ['(see https://en.wikipedia.org/wiki/Mercury_(planet))', 'https://en.wikipedia.org/wiki/Mercury_(planet)'],
  ['https://example.com/?q=a|b&c=[d]', 'https://example.com/?q=a|b&c=[d]'],
  ['https://example.com/a。次', 'https://example.com/a'],
  ['https://example.com/a，b', 'https://example.com/a'],
  ['「https://example.com/q」', 'https://example.com/q'],
  ['https://example.com/a؟', 'https://example.com/a'],
  ['«https://example.com/a».', 'https://example.com/a'],
  ['https://example.com/a…', 'https://example.com/a'],
  ['https://example.com/日本語', 'https://example.com/日本語'],
  ['HTTPS://EXAMPLE.COM/x', 'HTTPS://EXAMPLE.COM/x'],
  ['http://localhost:4000/x!', 'http://localhost:4000/x'],
  ['https://example.com@example.org/x', 'https://example.com@example.org/x'],
])('%s: the address ends where a reader ends it', (text, address) => {
  expect(links(text)).toEqual([[address, address]]);
});

test('an address without a scheme, and one of mail', () => {
  expect(links('At www.example.org, or ask ada@example.org.')).toEqual([
    ['www.example.org', 'https://www.example.org'],
    ['ada@example.org', 'mailto:ada@example.org'],
  ]);
});

test('names of files, other schemes and words with dots are not addresses', () => {
  expect(links('README.md, node.js, example.com, javascript:alert(1), //example.com/x, ftp://example.com/x')).toEqual(
    [],
  );
});
