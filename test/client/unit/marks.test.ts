import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Marks, type Marked } from '../../../client/read-state/marks.ts';
import type { ViewerState } from '../../../client/read-state/unread.ts';

const CHAT = 'chat';
const REFUSED: Marked = { ok: false, error: { code: 'FORBIDDEN', message: 'No' } };

let state: ViewerState | undefined;
let memberCount: number;
let told: { position: number; ifVersion: number }[];
let shown: number[];
/** The server's answer to a mark. By default it accepts the position. */
let server: (position: number) => Promise<Marked>;
let marks: Marks;

beforeEach(() => {
  vi.useFakeTimers();
  state = {
    chatId: CHAT,
    version: 7,
    asOfPosition: 10,
    readPosition: 5,
    unreadCount: 3,
    isMarkedUnread: false,
  };
  memberCount = 2;
  told = [];
  shown = [];
  server = (position) => {
    if (state) state = { ...state, readPosition: position, isMarkedUnread: false, version: state.version + 1 };
    return Promise.resolve({ ok: true });
  };
  marks = new Marks({
    state: () => state,
    memberCount: () => memberCount,
    show: (_, position) => shown.push(position),
    tell({ position, ifVersion }) {
      told.push({ position, ifVersion });
      return server(position);
    },
  });
});
afterEach(() => vi.useRealTimers());

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const positions = () => told.map(({ position }) => position);

describe('the server gets a mark', () => {
  test('at once, and then once a second with the highest position', async () => {
    for (const position of [6, 7, 9, 8]) marks.upTo(CHAT, position);
    await pass();
    expect(positions()).toEqual([6]);
    await pass(990);
    expect(positions()).toEqual([6]);
    await pass(20);
    expect(positions()).toEqual([6, 9]);
    await pass(500);
    marks.upTo(CHAT, 10);
    await pass(480);
    expect(positions()).toEqual([6, 9]);
    await pass(30);
    expect(positions()).toEqual([6, 9, 10]);
    expect(shown.at(-1)).toBe(0);
  });

  test('with the version that this device knows', async () => {
    marks.upTo(CHAT, 6);
    await pass(2_000);
    marks.upTo(CHAT, 8);
    await pass();
    expect(told).toEqual([
      { position: 6, ifVersion: 7 },
      { position: 8, ifVersion: 8 },
    ]);
  });

  test('only if the position is new to it', async () => {
    marks.upTo(CHAT, 5);
    await pass(5_000);
    expect(told).toEqual([]);
    state = { ...state!, isMarkedUnread: true };
    marks.upTo(CHAT, 5);
    await pass();
    expect(positions()).toEqual([5]);
  });

  test('within 10 seconds in a large chat', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.7);
    memberCount = 101;
    marks.upTo(CHAT, 6);
    await pass(6_900);
    marks.upTo(CHAT, 9);
    expect(told).toEqual([]);
    await pass(200);
    expect(positions()).toEqual([9]);
  });

  test('for an unknown chat once the chat is known', async () => {
    const known = state;
    state = undefined;
    marks.upTo(CHAT, 9);
    await pass(5_000);
    expect([...marks.waiting()]).toEqual([CHAT]);
    state = known;
    marks.goOn([CHAT]);
    await pass();
    expect(told).toEqual([{ position: 9, ifVersion: 7 }]);
    expect([...marks.waiting()]).toEqual([]);
  });
});

describe('a mark', () => {
  test('that could not be sent is sent when the stream is live again', async () => {
    const works = server;
    server = () => Promise.reject(new TypeError('away'));
    marks.upTo(CHAT, 9);
    await pass(60_000);
    expect(positions()).toEqual([9]);
    expect(shown).toEqual([9]);
    server = works;
    marks.goOn();
    await pass();
    expect(positions()).toEqual([9, 9]);
    expect(shown).toEqual([9, 0]);
  });

  test('that is refused is dropped, and no longer shown', async () => {
    server = () => Promise.resolve(REFUSED);
    marks.upTo(CHAT, 9);
    await pass(10_000);
    marks.goOn();
    await pass(10_000);
    expect(positions()).toEqual([9]);
    expect(shown).toEqual([9, 0]);
  });

  test('that met an unknown change is sent again', async () => {
    const works = server;
    server = () => {
      state = { ...state!, isMarkedUnread: true, version: 9 };
      server = works;
      return Promise.resolve({ ok: true });
    };
    marks.upTo(CHAT, 9);
    await pass(2_000);
    expect(told).toEqual([
      { position: 9, ifVersion: 7 },
      { position: 9, ifVersion: 9 },
    ]);
  });
});

test('a chat that was marked as unread is not marked as read before it is opened again', async () => {
  let answer = (_: Marked) => {};
  server = () => new Promise((resolve) => (answer = resolve));
  marks.upTo(CHAT, 6);
  marks.upTo(CHAT, 9);
  await pass();
  marks.left(CHAT);
  answer({ ok: true });
  await pass(5_000);
  marks.upTo(CHAT, 10);
  await pass(5_000);
  expect(positions()).toEqual([6]);
  expect(shown.at(-1)).toBe(0);
  marks.opened(CHAT);
  marks.upTo(CHAT, 10);
  await pass();
  expect(positions()).toEqual([6, 10]);
});
