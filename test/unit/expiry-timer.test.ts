import { expect, onTestFinished, test, vi } from 'vitest';
import { expiryTimer } from '../../src/transport/expiry-timer.ts';

const DAY = 24 * 3_600_000;

function startTimer(days: number) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const onExpired = vi.fn();
  const cancel = expiryTimer(new Date(Date.now() + days * DAY), onExpired);
  return { onExpired, cancel };
}

test.each([0, 1, 24, 25, 60, 400])('a token of %s days expires after that time, and not before', (days) => {
  const { onExpired } = startTimer(days);
  vi.advanceTimersByTime(Math.max(days * DAY - 1, 0));
  expect(onExpired).toHaveBeenCalledTimes(days === 0 ? 1 : 0);
  vi.advanceTimersByTime(1);
  expect(onExpired).toHaveBeenCalledTimes(1);
});

test('a timer that was cancelled after 30 of 60 days does not fire', () => {
  const { onExpired, cancel } = startTimer(60);
  vi.advanceTimersByTime(30 * DAY);
  cancel();
  vi.advanceTimersByTime(60 * DAY);
  expect(onExpired).not.toHaveBeenCalled();
});
