import { expect, test } from 'vitest';
import { firstUnread } from '../../web/messages/unread-line.ts';

const message = (position: number, authorId: string, type = 'TEXT', isDeleted = false) => ({
  message: { id: `m${position}`, position, authorId, type, isDeleted },
});
const rows = [
  message(2, 'noa'),
  message(4, 'ada'),
  message(5, 'noa', 'SYSTEM'),
  message(6, 'noa', 'TEXT', true),
  message(7, 'noa'),
] as never;

test('the line is above the first unread message of somebody else, which is not deleted and not a line of the group', () => {
  expect(firstUnread(rows, 0, 'ada', false)).toBe('m2');
  expect(firstUnread(rows, 2, 'ada', false)).toBe('m7');
  expect(firstUnread(rows, 7, 'ada', false)).toBeUndefined();
});

test('there is no line while its place may be before the loaded messages', () => {
  expect(firstUnread(rows, 1, 'ada', true)).toBe('m2');
  expect(firstUnread(rows, 0, 'ada', true)).toBeUndefined();
});
