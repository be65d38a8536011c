import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TypingPace } from '../../src/typing/typing.pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How many of the reports count. */
function count(pace: TypingPace, userId: string, chats: string[], isTyping = true): number {
  return chats.filter((chat) => {
    if (pace.isTooSoon(userId, chat, isTyping)) return false;
    pace.told(userId, chat, isTyping);
    return true;
  }).length;
}
const chats = (count: number, name = 'chat') => Array.from({ length: count }, (_, i) => `${name} ${i}`);

test('of more than five reports in a second, whatever the chats, the others are ignored', () => {
  const pace = new TypingPace();
  expect(count(pace, 'ada', chats(20))).toBe(5);
  expect(count(pace, 'bob', chats(20))).toBe(5);
  vi.advanceTimersByTime(999);
  expect(count(pace, 'ada', chats(20, 'other'))).toBe(0);
  vi.advanceTimersByTime(2);
  expect(count(pace, 'ada', chats(20, 'other'))).toBe(5);
});

test('of reports for one chat one in two seconds counts, and its end once; they take nothing from other chats', () => {
  const pace = new TypingPace();
  expect(count(pace, 'ada', Array<string>(50).fill('chat'))).toBe(1);
  expect(count(pace, 'ada', Array<string>(50).fill('chat'), false)).toBe(1);
  expect(count(pace, 'ada', chats(20))).toBe(3);
  vi.advanceTimersByTime(2_001);
  expect(count(pace, 'ada', ['chat', 'chat'])).toBe(1);
});
