import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEventStream, createTokens, type EventStream, type StreamItemLike } from '../../client/core.ts';
import { FakeSocket } from './support/fake-socket.ts';

const LIFE = 900;

function jwt(sub: string, name: string): string {
  const iat = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub, iat, exp: iat + LIFE, name })}.`;
}

let stream: EventStream<StreamItemLike>;
let applied: number[][];
let announced: (number | undefined)[];
let faults: Error[];
let token: string | null;
let refresh: ReturnType<typeof vi.fn<() => Promise<string | null>>>;
let changed: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened = [];
  applied = [];
  announced = [];
  faults = [];
  token = jwt('ada', 'first');
  refresh = vi.fn(() => {
    token = jwt('ada', `refreshed ${refresh.mock.calls.length}`);
    return Promise.resolve(token);
  });
  const tokens = createTokens({
    accessToken: () => token,
    refresh,
    subscribe(listener) {
      changed = listener;
      return () => {};
    },
  });
  stream = createEventStream<StreamItemLike>({
    url: 'ws://parley.test/graphql',
    tokens,
    document: 'subscription',
    viewerId: 'ada',
    apply: (items) => applied.push(items.flatMap(({ position }) => position ?? [])),
    onFault: (fault) => faults.push(fault),
    webSocketImpl: FakeSocket as unknown as typeof WebSocket,
  });
  stream.onItem(({ position }) => announced.push(position));
});

afterEach(() => {
  stream.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const soon = () => vi.advanceTimersByTimeAsync(0);
const opened = () => FakeSocket.opened.length;
const created = (position: number) => ({ __typename: 'MessageCreated', chatId: 'chat', position });
const added = (position: number) => ({ __typename: 'ChatAdded', chatId: 'chat', position });

async function live(): Promise<FakeSocket> {
  stream.start();
  await soon();
  const socket = FakeSocket.last.accept();
  socket.item(added(1));
  socket.caughtUp();
  expect(stream.getSnapshot()).toBe('live');
  return socket;
}

describe('the log', () => {
  test('each connection asks from where the log is known to', async () => {
    const socket = await live();
    expect(socket.since).toEqual([]);
    socket.item(created(2));
    socket.close(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.last.accept().since).toEqual([{ chatId: 'chat', position: 2 }]);
  });

  test('a replay comes to the cache in batches, not one by one', async () => {
    stream.start();
    await soon();
    const socket = FakeSocket.last.accept();
    socket.item(added(0));
    for (let position = 1; position <= 250; position++) socket.item(created(position));
    socket.caughtUp();
    expect(applied.map((batch) => batch.length)).toEqual([200, 51]);
    expect(announced).toHaveLength(252);
  });

  test('what a connection brought before it broke is kept', async () => {
    stream.start();
    await soon();
    FakeSocket.last.accept().item(added(1));
    FakeSocket.last.item(created(2));
    FakeSocket.last.close(1006);
    expect(applied).toEqual([[1, 2]]);
  });

  test('a missing item is asked for; if the server has none, the stream goes on', async () => {
    const socket = await live();
    socket.item(created(3));
    expect(socket.asked).toHaveLength(2);
    expect(socket.since).toEqual([{ chatId: 'chat', position: 1 }]);
    expect(stream.getSnapshot()).toBe('catching up');
    socket.item(created(3));
    socket.caughtUp();
    expect(stream.getSnapshot()).toBe('live');
    expect(announced).toEqual([1, undefined, 3, undefined]);
  });

  test('an answer from before what is known gets what it lacks once more, and the app hears nothing twice', async () => {
    const socket = await live();
    socket.item(created(2));
    socket.item(created(3));
    applied = [];
    announced = [];
    stream.read('chat', 1);
    expect(applied).toEqual([[2, 3]]);
    expect(announced).toEqual([]);
    expect(socket.asked).toHaveLength(1);
  });

  test('what is no longer at hand is asked for once more', async () => {
    const socket = await live();
    for (let position = 2; position <= 1_200; position++) socket.item(created(position));
    announced = [];
    stream.read('chat', 2);
    expect(socket.since).toEqual([{ chatId: 'chat', position: 2 }]);
    for (let position = 3; position <= 1_201; position++) socket.item(created(position));
    socket.caughtUp();
    expect(announced.filter(Number)).toEqual([1_201]);
  });

  test('an answer is where an unknown chat is followed from; a known one stays where it is', async () => {
    stream.read('other', 7);
    const socket = await live();
    expect(socket.since).toEqual([{ chatId: 'other', position: 7 }]);
    stream.read('chat', 5);
    expect(JSON.parse(JSON.stringify(stream.positions))).toEqual([
      { chatId: 'other', position: 7 },
      { chatId: 'chat', position: 1 },
    ]);
  });

  test('an item that the server fails to show is asked for again', async () => {
    const socket = await live();
    socket.say({ type: 'next', id: '1', payload: { data: null, errors: [{ message: 'Internal' }] } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.last.accept().since).toEqual([{ chatId: 'chat', position: 1 }]);
  });
});

describe('the connection', () => {
  test('it never gives up, and tries at least every half minute', async () => {
    stream.start();
    await soon();
    for (let attempt = 1; attempt <= 50; attempt++) {
      FakeSocket.last.close(1006);
      const since = Date.now();
      while (opened() === attempt) await vi.advanceTimersByTimeAsync(100);
      expect(Date.now() - since).toBeLessThanOrEqual(30_100);
    }
    expect(stream.getSnapshot()).toBe('offline');
    FakeSocket.last.accept().caughtUp();
    expect(stream.getSnapshot()).toBe('live');
  });

  test('waits grow, at random, so that clients do not come back in step', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.999);
    stream.start();
    await soon();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      const [since, before] = [Date.now(), opened()];
      FakeSocket.last.close(1006);
      while (opened() === before) await vi.advanceTimersByTimeAsync(100);
      waits.push(Math.round((Date.now() - since) / 1_000));
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
    random.mockRestore();
  });

  test('the network coming back hurries it', async () => {
    const page = new EventTarget();
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    stream.start();
    await soon();
    for (let attempt = 0; attempt < 6; attempt++) {
      FakeSocket.last.close(1006);
      await vi.advanceTimersByTimeAsync(30_000);
    }
    const before = opened();
    FakeSocket.last.close(1006);
    await vi.advanceTimersByTimeAsync(100);
    expect(opened()).toBe(before);
    page.dispatchEvent(new Event('online'));
    await soon();
    expect(opened()).toBe(before + 1);
    vi.mocked(Math.random).mockRestore();
  });

  test('a connection that only looks open is noticed, and given up', async () => {
    const socket = await live();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.sent.at(-1)).toEqual({ type: 'ping' });
    expect(opened()).toBe(1);
    socket.silent = true;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(socket.readyState).toBe(3);
    expect(opened()).toBe(2);
  });

  test('one that does not come to be is given up', async () => {
    stream.start();
    await soon();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(opened()).toBe(2);
  });

  test('the server is answered when it asks for a sign of life', async () => {
    const socket = await live();
    socket.say({ type: 'ping', payload: { n: 1 } });
    expect(socket.sent.at(-1)).toEqual({ type: 'pong', payload: { n: 1 } });
  });

  test('an invalid document is reported and not tried again, until started again', async () => {
    stream.start();
    await soon();
    FakeSocket.last.accept().refuse('BAD_REQUEST');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(faults.map(({ message }) => message)).toEqual(['No']);
    expect(opened()).toBe(1);
    expect(stream.getSnapshot()).toBe('offline');
    stream.start();
    await soon();
    expect(opened()).toBe(2);
  });

  test.each(['INTERNAL_SERVER_ERROR', 'RATE_LIMITED'])('after %s it tries again', async (code) => {
    stream.start();
    await soon();
    FakeSocket.last.accept().refuse(code);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(faults).toEqual([]);
    expect(opened()).toBe(2);
  });

  test('stopping closes it, and nothing comes after', async () => {
    const socket = await live();
    stream.stop();
    expect(socket.readyState).toBe(3);
    expect(stream.getSnapshot()).toBe('offline');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('stopped and started at once, as by React in development, there is one stream', async () => {
    stream.start();
    stream.stop();
    stream.start();
    await soon();
    expect(FakeSocket.opened.filter(({ readyState }) => readyState !== 3)).toHaveLength(1);
    FakeSocket.last.accept().caughtUp();
    expect(stream.getSnapshot()).toBe('live');
  });
});

describe('the token', () => {
  test('it is renewed over the open connection before it expires', async () => {
    const socket = await live();
    await vi.advanceTimersByTimeAsync((LIFE - 62) * 1_000);
    expect(refresh).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(refresh).toHaveBeenCalledTimes(1);
    const renewals = socket.sent.filter(({ payload }) => payload?.['authorization'] === `Bearer ${token}`);
    expect(renewals.map(({ type }) => type)).toEqual(['ping']);
    expect(opened()).toBe(1);
    expect(stream.getSnapshot()).toBe('live');
  });

  test('one that the server refuses is replaced', async () => {
    const socket = await live();
    expect(socket.token).toBe(`Bearer ${token}`);
    socket.close(4403);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(refresh).toHaveBeenCalledTimes(1);
    FakeSocket.last.accept().caughtUp();
    expect(FakeSocket.last.token).toBe(`Bearer ${token}`);
    expect(FakeSocket.last.token).not.toBe(socket.token);
  });

  test('one that another tab renewed is passed on', async () => {
    const socket = await live();
    token = jwt('ada', 'from another tab');
    changed();
    await soon();
    expect(socket.sent.at(-1)).toEqual({ type: 'ping', payload: { authorization: `Bearer ${token}` } });
    expect(refresh).not.toHaveBeenCalled();
  });

  test('a refresh that fails for the network is tried again', async () => {
    refresh.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    const socket = await live();
    socket.close(4403);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(refresh.mock.calls.length).toBeGreaterThanOrEqual(1);
    expect(opened()).toBeGreaterThan(1);
  });

  test('signing out closes the connection, signing in opens one', async () => {
    const socket = await live();
    const kept = token;
    token = null;
    changed();
    await soon();
    expect(socket.readyState).toBe(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stream.getSnapshot()).toBe('offline');
    expect(opened()).toBe(1);
    token = kept;
    changed();
    await soon();
    expect(opened()).toBe(2);
  });

  test("another user's token is none for this cache", async () => {
    const socket = await live();
    token = jwt('grace', 'signed in by another tab');
    changed();
    await soon();
    expect(socket.readyState).toBe(3);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(opened()).toBe(1);
  });
});
