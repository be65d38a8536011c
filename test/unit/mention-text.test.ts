import { expect, test } from 'vitest';
import { mentionParts, mentionQuery } from '../../web/mentions/mention-text.ts';

const of = (text: string, usernames: string[], mentionsEveryone = false) =>
  mentionParts(text, { mentionedUsers: usernames.map((username) => ({ username })), mentionsEveryone }).flatMap(
    ({ text, isMention }) => (isMention ? text : []),
  );

test('only users whom the message mentions stand out in its text', () => {
  expect(of('@grace and @ada, see @linus', ['grace', 'ada'])).toEqual(['@grace', '@ada']);
  expect(of('@grace', [])).toEqual([]);
});

test('a name is not found within another one, nor within an address', () => {
  expect(of('@grace_2 @graceful me@grace @grace.', ['grace'])).toEqual(['@grace']);
  expect(of('@grace_2 @grace', ['grace', 'grace_2'])).toEqual(['@grace_2', '@grace']);
  expect(of('@a.b @axb', ['a.b'])).toEqual(['@a.b']);
});

test('everyone stands out in both languages, if the message mentions everyone', () => {
  expect(of('@everyone @все', [], true)).toEqual(['@everyone', '@все']);
  expect(of('@everyone @все', [])).toEqual([]);
});

test('a mention is looked for after an @ that begins a word, up to the caret', () => {
  expect(mentionQuery('Ask @gra', 8)).toEqual({ start: 4, end: 8, text: 'gra' });
  expect(mentionQuery('Ask @grace later', 6)).toEqual({ start: 4, end: 6, text: 'g' });
  expect(mentionQuery('@', 1)).toEqual({ start: 0, end: 1, text: '' });
  expect(mentionQuery('me@grace', 8)).toBeNull();
  expect(mentionQuery('Ask @grace later', 16)).toBeNull();
});
