import { afterEach, expect, test, vi } from 'vitest';
import { createChatInput, updateChatInput } from '../../src/chat/chat.rules.ts';
import { editMessageInput, requireValidMessage, sendMessageInput } from '../../src/message/message.rules.ts';
import { normaliseEmoji } from '../../src/reaction/reaction.rules.ts';
import { signInInput, signUpInput } from '../../src/session/session.rules.ts';
import { readSearchTerm } from '../../src/user/user.rules.ts';
import { parse } from '../../src/validation.ts';

afterEach(() => vi.restoreAllMocks());

const credentials = { username: 'ada', password: 'correct horse battery staple' };

/** Finds the longest text that any function works on whose cost is more than linear. */
function longestWorkedOn(work: () => unknown): number {
  const { prototype } = String;
  const looks = [
    vi.spyOn(prototype, 'normalize'),
    vi.spyOn(prototype, 'trim'),
    vi.spyOn(prototype, 'toLowerCase'),
    vi.spyOn(prototype, 'replace'),
    vi.spyOn(prototype, Symbol.iterator as never),
  ];
  const segmented = vi.spyOn(Intl.Segmenter.prototype, 'segment');
  const matched = vi.spyOn(RegExp.prototype, 'test');
  work();
  return Math.max(
    0,
    ...looks.flatMap(({ mock }) => mock.contexts.map((context) => String(context).length)),
    ...segmented.mock.calls.map(([input]) => input.length),
    ...matched.mock.calls.map(([input]) => input.length),
  );
}

test.each<[string, number, (value: string) => unknown]>([
  ['password of a sign-in', 1_600, (password) => parse(signInInput, { ...credentials, password })],
  ['password of a sign-up', 1_600, (password) => parse(signUpInput, { ...credentials, password })],
  ['username of a sign-in', 128, (username) => parse(signInInput, { ...credentials, username })],
  ['username of a sign-up', 128, (username) => parse(signUpInput, { ...credentials, username })],
  ['display name', 1_024, (displayName) => parse(signUpInput, { ...credentials, displayName })],
  ['content', 16 * 1024, (content) => parse(sendMessageInput, { content })],
  ['edited content', 16 * 1024, (content) => parse(editMessageInput, { content })],
  ['title', 2 * 1024, (title) => parse(createChatInput, { kind: 'GROUP', title })],
  ['new title', 2 * 1024, (title) => parse(updateChatInput, { title })],
  ['emoji', 64, normaliseEmoji],
  ['search term', 256, readSearchTerm],
])('the length of a %s is checked before it is processed', (_, bytes, rule) => {
  for (const letter of ['\ufdfa', 'a', '❤', '\u0301', ' ']) {
    const tooLong = letter.repeat(100_000);
    let refusal: unknown;
    const worked = longestWorkedOn(() => {
      try {
        rule(tooLong);
      } catch (error) {
        refusal = error;
      }
    });
    expect(refusal, JSON.stringify(letter)).toBeInstanceOf(Error);
    expect(worked, JSON.stringify(letter)).toBeLessThanOrEqual(bytes);
  }
});

const codePoints = (text: string) => [...text].map((it) => it.codePointAt(0)!.toString(16)).join(' ');

test.each(
  [
    ...' \u200b\u3164\u2800\u00ad\u2060\ufe0f\u0301\u200d\u115f\u180e\u0007\u001b\u202e\ufeff\u{e0020}',
    '\u200b \u2800\n',
  ].map((text) => [codePoints(text), text]),
)('invisible characters alone are not a valid content, name or title: U+%s', (_, text) => {
  expect(() => parse(sendMessageInput, { content: text })).toThrow('content: must be 1–4000 characters, not blank');
  expect(() => parse(updateChatInput, { title: text })).toThrow('title: must be 1–120 characters, not blank');
  expect(() => parse(signUpInput, { ...credentials, displayName: text })).toThrow('not blank');
});

test.each(
  [...'\u202e\u2066\u2069\u200e\u200f\u061c\n\r\u0007\u001b\u0085\u2028\u2029'].map((text) => [codePoints(text), text]),
)('a name, a title and the name of a file may not contain control characters: U+%s', (_, control) => {
  const text = `photo${control}gpj.exe`;
  const oneLine = 'must be one line, without controls, also without those that turn the direction of text';
  expect(() => parse(updateChatInput, { title: text })).toThrow(`title: ${oneLine}`);
  expect(() => parse(createChatInput, { kind: 'GROUP', title: text })).toThrow(`title: ${oneLine}`);
  expect(() => parse(signUpInput, { ...credentials, displayName: text })).toThrow(`displayName: ${oneLine}`);
  expect(() => requireValidMessage('FILE', { payload: { name: text } })).toThrow(`payload.name: ${oneLine}`);
  expect(parse(sendMessageInput, { content: text })).toEqual({ content: text });
  requireValidMessage('TEXT', { content: 'hello', payload: { name: text } });
});

test.each(['Анна', 'علی‌رضا', 'ക്‍ഷ', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️', '1️⃣', '۱', '☺︎', '\u{1faea}'])('%s is a valid name', (title) => {
  expect(parse(updateChatInput, { title })).toEqual({ title });
});

test('text is stored in NFC, and names without invisible characters, so that texts that look equal are equal', () => {
  const [composed, decomposed] = ['\u00c9milie', 'E\u0301milie'];
  const name = `${composed} B`;

  expect(parse(sendMessageInput, { content: ` ${decomposed}\n` })).toEqual({ content: ` ${composed}\n` });
  expect(parse(editMessageInput, { content: decomposed })).toEqual({ content: composed });
  expect(parse(updateChatInput, { title: ` ${decomposed}\u200b \u00adB\n` })).toEqual({ title: name });
  expect(parse(signUpInput, { ...credentials, displayName: `${decomposed} B\ufeff` })).toMatchObject({
    displayName: name,
  });
  expect(readSearchTerm(` ${decomposed}\u2060`)).toBe(composed);
});

test('the length of a text is that of its stored form', () => {
  const grows = '\u{1d160}'; // 4 bytes, and 12 in NFC
  expect(() => parse(sendMessageInput, { content: grows.repeat(2_000) })).toThrow('must be at most 16384 bytes');
  expect(parse(sendMessageInput, { content: grows.repeat(1_000) }).content).toHaveLength(6_000);
  expect(parse(updateChatInput, { title: 'e\u0301'.repeat(120) })).toEqual({ title: 'é'.repeat(120) });
});

test.each([1e400, -1e400, 2 ** 53, -(2 ** 53), 12345678901234567890, 1e308, { n: 1e400 }, [[{ n: [1e20] }]]])(
  'a payload may not contain a number that would change: %j',
  (payload) => {
    expect(() => parse(sendMessageInput, { payload })).toThrow('payload: must hold only numbers between');
    expect(() => parse(editMessageInput, { payload })).toThrow('payload: must hold only numbers between');
  },
);

test('the length of a payload is that with its numbers as PostgreSQL writes them', () => {
  const tiny = (count: number) => ({ payload: Array.from({ length: count }, () => 1e-308) });

  expect(() => parse(sendMessageInput, tiny(53))).toThrow(
    'payload: must be at most 16384 bytes of JSON, with its numbers',
  );
  expect(parse(sendMessageInput, tiny(52))).toEqual(tiny(52));
  for (const payload of [0, -0.5, 1e-7, 2 ** 53 - 1, 'e-308', { 'e-308': 'e-308' }, null, true]) {
    expect(parse(sendMessageInput, { payload })).toEqual({ payload });
  }
});
