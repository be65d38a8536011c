import { describe, expect, test } from 'vitest';
import { anchorOf, rowOf } from '../../web/messages/goal.ts';

const rows = [4, 6, 9].map((position) => ({ message: { id: `m${position}`, position } })) as never;
const all = { hasOlder: false, hasNewer: false };

test('a message is requested by its id, and the first unread one by the position after the read position', () => {
  expect(anchorOf({ to: 'message', messageId: 'm6' })).toEqual({ messageId: 'm6' });
  expect(anchorOf({ to: 'unread', position: 6 })).toEqual({ position: 7 });
  expect(anchorOf({ to: 'place', messageId: 'm6', top: -8 })).toEqual({ messageId: 'm6' });
});

describe('the row of a goal', () => {
  test('of a message, if it is loaded', () => {
    expect(rowOf({ to: 'message', messageId: 'm6' }, rows, all)).toBe(1);
    expect(rowOf({ to: 'message', messageId: 'm5' }, rows, all)).toBe(-1);
    expect(rowOf({ to: 'place', messageId: 'm9', top: -8 }, rows, all)).toBe(2);
  });

  test('for unread messages is the first one after the read position, or the last one if none follows', () => {
    expect(rowOf({ to: 'unread', position: 5 }, rows, all)).toBe(1);
    expect(rowOf({ to: 'unread', position: 6 }, rows, all)).toBe(2);
    expect(rowOf({ to: 'unread', position: 9 }, rows, all)).toBe(2);
  });

  test('is not known if it may be outside of the loaded messages', () => {
    expect(rowOf({ to: 'unread', position: 2 }, rows, all)).toBe(0);
    expect(rowOf({ to: 'unread', position: 2 }, rows, { ...all, hasOlder: true })).toBe(-1);
    expect(rowOf({ to: 'unread', position: 9 }, rows, { ...all, hasNewer: true })).toBe(-1);
    expect(rowOf({ to: 'unread', position: 8 }, rows, { hasOlder: true, hasNewer: true })).toBe(2);
  });
});
