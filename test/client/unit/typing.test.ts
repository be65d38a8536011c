import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { User } from '../../../client/core.ts';
import { TypingNotices } from '../../../client/typing/notices.ts';
import { TypingStores } from '../../../client/typing/stores.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the reports of the user’s typing', () => {
  let told: string[];
  let notices: TypingNotices;
  beforeEach(() => {
    told = [];
    notices = new TypingNotices((chatId, isTyping) => told.push(`${chatId} ${isTyping}`));
  });

  /** Presses a key every 100 ms. */
  function type(ms: number): void {
    for (let past = 0; past < ms; past += 100) {
      notices.set('one', true);
      vi.advanceTimersByTime(100);
    }
  }

  test('are sent at the first key and then every three seconds, for each chat separately', () => {
    type(6_500);
    expect(told).toEqual(['one true', 'one true', 'one true']);
    notices.set('two', true);
    expect(told.slice(3)).toEqual(['two true']);
  });

  test('end once, and only if typing was reported and has not ended by itself', () => {
    notices.set('one', false);
    type(500);
    notices.set('one', false);
    notices.set('one', false);
    expect(told).toEqual(['one true', 'one false']);
    type(3_000);
    vi.advanceTimersByTime(6_000);
    notices.set('one', false);
    expect(told.slice(2)).toEqual(['one true']);
  });

  test('begin again after a message, as soon as the server accepts them', () => {
    type(1_000);
    notices.sent('one');
    type(900);
    expect(told).toEqual(['one true']);
    type(300);
    expect(told).toEqual(['one true', 'one true']);
  });
});

describe('who types', () => {
  const user = (id: string): User => ({ __typename: 'User', id, username: id, displayName: id });
  let stores: TypingStores;
  beforeEach(() => {
    stores = new TypingStores({ viewerId: () => 'ada', onWatched: () => {} });
    stores.of('chat').subscribe(() => {});
  });

  const changed = (...ids: string[]) =>
    stores.changed({ chatId: 'chat', users: ids.map(user), userCount: ids.length, expiresInMs: 6_000 });
  const shown = () => {
    const { users, userCount } = stores.of('chat').getSnapshot();
    return [...users.map(({ id }) => id), userCount];
  };

  test('are the others, until they send, or their time is over', () => {
    changed('grace', 'ada', 'linus');
    expect(shown()).toEqual(['grace', 'linus', 2]);
    stores.sent('chat', 'grace');
    expect(shown()).toEqual(['linus', 1]);
    vi.advanceTimersByTime(5_900);
    expect(shown()).toEqual(['linus', 1]);
    vi.advanceTimersByTime(200);
    expect(shown()).toEqual([0]);
  });

  test('are those of the newest event, for its time', () => {
    changed('grace');
    vi.advanceTimersByTime(5_000);
    changed('grace', 'linus');
    vi.advanceTimersByTime(5_000);
    expect(shown()).toEqual(['grace', 'linus', 2]);
    changed();
    expect(shown()).toEqual([0]);
  });

  test('are followed for watched chats, the chat that was opened last at the end', () => {
    const stop = stores.of('other').subscribe(() => {});
    expect(stores.watched()).toEqual(['chat', 'other']);
    stores.of('chat').subscribe(() => {});
    expect(stores.watched()).toEqual(['other', 'chat']);
    stop();
    expect(stores.watched()).toEqual(['chat']);
  });
});
