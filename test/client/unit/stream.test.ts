import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createEventStream,
  createTokens,
  type EventStream,
  type KeptPositions,
  type StreamItemLike,
  type Tokens,
} from '../../../client/core.ts';
import { FakeSocket } from '../support/fake-socket.ts';

const LIFE = 900;

function jwt(sub: string, name: string, life = LIFE): string {
  const iat = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub, iat, exp: iat + life, name })}.`;
}

let stream: EventStream<StreamItemLike>;
let applied: number[][];
let announced: (number | undefined)[];
let faults: Error[];
let token: string | null;
let refresh: ReturnType<typeof vi.fn<() => Promise<string | null>>>;
let changed: () => void;
let tokens: Tokens;

/** A stream of this document, from a client's positions. */
const streamOf = (document: string, positions?: KeptPositions): EventStream<StreamItemLike> =>
  createEventStream<StreamItemLike>({
    url: 'ws://parley.test/graphql',
    tokens,
    document,
    viewerId: 'ada',
    positions,
    apply: (items) => applied.push(items.flatMap(({ position, version }) => position ?? version ?? [])),
    onFault: (fault) => faults.push(fault),
    webSocketImpl: FakeSocket as unknown as typeof WebSocket,
  });

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
  tokens = createTokens({
    accessToken: () => token,
    refresh,
    subscribe(listener) {
      changed = listener;
      return () => {};
    },
  });
  stream = streamOf('subscription');
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
  test('each connection requests events after the known positions', async () => {
    const socket = await live();
    expect(socket.since).toEqual([]);
    socket.item(created(2));
    socket.close(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.last.accept().since).toEqual([{ chatId: 'chat', position: 2 }]);
  });

  test('a replay reaches the cache in batches', async () => {
    stream.start();
    await soon();
    const socket = FakeSocket.last.accept();
    socket.item(added(0));
    for (let position = 1; position <= 250; position++) socket.item(created(position));
    socket.caughtUp();
    expect(applied.map((batch) => batch.length)).toEqual([200, 51]);
    expect(announced).toHaveLength(252);
  });

  test('items that a connection brought before it broke are kept', async () => {
    stream.start();
    await soon();
    FakeSocket.last.accept().item(added(1));
    FakeSocket.last.item(created(2));
    FakeSocket.last.close(1006);
    expect(applied).toEqual([[1, 2]]);
  });

  test('a missing item is requested; if the server has none, the stream continues', async () => {
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

  test('items that an older result lacks are applied again, and the app receives nothing twice', async () => {
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

  test('items that are no longer kept are requested again', async () => {
    const socket = await live();
    for (let position = 2; position <= 1_200; position++) socket.item(created(position));
    announced = [];
    stream.read('chat', 2);
    expect(socket.since).toEqual([{ chatId: 'chat', position: 2 }]);
    for (let position = 3; position <= 1_201; position++) socket.item(created(position));
    socket.caughtUp();
    expect(announced.filter(Number)).toEqual([1_201]);
  });

  test('an unknown chat is followed from the position of a result; a known one stays where it is', async () => {
    stream.read('other', 7);
    const socket = await live();
    expect(socket.since).toEqual([{ chatId: 'other', position: 7 }]);
    stream.read('chat', 5);
    expect(JSON.parse(JSON.stringify(stream.positions))).toEqual({
      chats: [
        { chatId: 'other', position: 7 },
        { chatId: 'chat', position: 1 },
      ],
      viewerStateVersion: 0,
    });
  });

  test('if a chat is added at a later position than a result showed, the events in between are requested', async () => {
    stream.start();
    await soon();
    const socket = FakeSocket.last.accept();
    stream.read('chat', 2);
    socket.item(added(5));
    socket.caughtUp();
    expect(socket.since).toEqual([{ chatId: 'chat', position: 2 }]);
    for (const position of [3, 4, 5]) socket.item(created(position));
    socket.caughtUp();
    expect(applied.flat()).toEqual([3, 4, 5]);
  });

  test('an item that the server fails to show is requested again', async () => {
    const socket = await live();
    socket.say({ type: 'next', id: '1', payload: { data: null, errors: [{ message: 'Internal' }] } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.last.accept().since).toEqual([{ chatId: 'chat', position: 1 }]);
  });
});

describe('viewer state', () => {
  const DOCUMENT = 'subscription ($since: [ChatPositionInput!], $viewerStateSince: Int)';
  const changedTo = (version: number) => ({ __typename: 'ViewerChatStateChanged', chatId: 'chat', version });
  const asked = () => FakeSocket.last.asked.at(-1)?.payload?.['variables'];

  async function begin(document = DOCUMENT, positions?: KeptPositions): Promise<FakeSocket> {
    stream = streamOf(document, positions);
    stream.onItem(({ version }) => announced.push(version));
    stream.start();
    await soon();
    return FakeSocket.last.accept();
  }

  /** The next connection is opened after a random time. */
  async function again(socket: FakeSocket): Promise<FakeSocket> {
    const before = opened();
    socket.close(1006);
    while (opened() === before) await vi.advanceTimersByTimeAsync(100);
    return FakeSocket.last.accept();
  }

  test('each connection requests changes after the known version', async () => {
    const socket = await begin();
    expect(asked()).toEqual({ since: [], viewerStateSince: 0 });
    socket.item(changedTo(3));
    expect((await again(socket)).asked).toHaveLength(1);
    expect(asked()).toEqual({ since: [], viewerStateSince: 3 });
    FakeSocket.last.item({ __typename: 'CaughtUp', viewerStateVersion: 7 });
    await again(FakeSocket.last);
    expect(asked()).toMatchObject({ viewerStateSince: 7 });
  });

  test('each version arrives once, in order, and does not change positions', async () => {
    const socket = await begin();
    socket.item(added(1));
    socket.item({ __typename: 'CaughtUp', viewerStateVersion: 2 });
    for (const version of [3, 3, 4, 2]) socket.item(changedTo(version));
    expect(announced).toEqual([undefined, undefined, 3, 4]);
    expect(stream.positions.toJSON()).toEqual({
      chats: [{ chatId: 'chat', position: 1 }],
      viewerStateVersion: 4,
    });
  });

  test('a client that is disconnected before everything after a reset has arrived gets everything again', async () => {
    const socket = await begin(DOCUMENT, { chats: [], viewerStateVersion: 9 });
    expect(asked()).toMatchObject({ viewerStateSince: 9 });
    socket.item({ __typename: 'CaughtUp', viewerStateVersion: 9 });
    socket.item({ __typename: 'ViewerStateReset', version: 0 });
    await again(socket);
    expect(asked()).toMatchObject({ viewerStateSince: 0 });
    FakeSocket.last.item(changedTo(1));
    await again(FakeSocket.last);
    expect(asked()).toMatchObject({ viewerStateSince: 1 });
  });

  test('positions that an earlier kit stored are still valid', async () => {
    await begin(DOCUMENT, [{ chatId: 'chat', position: 5 }]);
    expect(asked()).toEqual({ since: [{ chatId: 'chat', position: 5 }], viewerStateSince: 0 });
  });

  test('a document without a version requests no viewer state', async () => {
    const socket = await begin('subscription ($since: [ChatPositionInput!])');
    expect(asked()).toEqual({ since: [] });
    socket.caughtUp();
    expect(stream.getSnapshot()).toBe('live');
  });
});

describe('the connection', () => {
  test('it never gives up, and tries at least every 30 seconds', async () => {
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

  test('waits grow at random, so that clients do not reconnect at the same time', async () => {
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

  test('the return of the network ends a wait', async () => {
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

  test('a connection that only looks open is detected and closed', async () => {
    const socket = await live();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.sent.at(-1)).toEqual({ type: 'ping' });
    expect(opened()).toBe(1);
    socket.silent = true;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(socket.readyState).toBe(3);
    expect(opened()).toBe(2);
  });

  test('an attempt that takes too long is given up', async () => {
    stream.start();
    await soon();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(opened()).toBe(2);
  });

  test('a ping of the server is answered', async () => {
    const socket = await live();
    socket.say({ type: 'ping', payload: { n: 1 } });
    expect(socket.sent.at(-1)).toEqual({ type: 'pong', payload: { n: 1 } });
  });

  test('an invalid document is reported, and not retried until the stream is started again', async () => {
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

  test('stopping closes it, and no item follows', async () => {
    const socket = await live();
    stream.stop();
    expect(socket.readyState).toBe(3);
    expect(stream.getSnapshot()).toBe('offline');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('each start has its own stop, and the last one closes the connection', async () => {
    const socket = await live();
    stream.start();
    stream.stop();
    expect(socket.readyState).toBe(1);
    expect(stream.getSnapshot()).toBe('live');
    stream.stop();
    expect(socket.readyState).toBe(3);
    stream.stop();
    stream.start();
    await soon();
    expect(opened()).toBe(2);
  });

  test('other subscriptions use it, and are started again on the next one until they end', async () => {
    const heard: unknown[] = [];
    const sink = {
      next: ({ data }: { data?: unknown }) => heard.push(data),
      error: (errors: readonly unknown[]) => heard.push(errors),
      complete: () => heard.push('complete'),
    };
    const payload = { query: 'subscription { chatAdded { id } }' };
    const stop = stream.request(payload, sink); // the connection does not exist yet
    const asked = () => FakeSocket.last.asked.filter(({ payload: it }) => it?.['query'] === payload.query);
    const socket = await live();
    expect(asked()).toHaveLength(1);
    socket.say({ type: 'next', id: asked()[0]?.id ?? '', payload: { data: 'one' } });
    socket.close(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.accept();
    FakeSocket.last.say({ type: 'next', id: asked()[0]?.id ?? '', payload: { data: 'two' } });
    stop();
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: 'complete', id: asked()[0]?.id });
    stream.request(payload, sink);
    FakeSocket.last.say({ type: 'complete', id: asked()[1]?.id ?? '' });
    FakeSocket.last.close(1006);
    await vi.advanceTimersByTimeAsync(2_000);
    FakeSocket.last.accept();
    expect(asked()).toHaveLength(0);
    expect(heard).toEqual(['one', 'two', 'complete']);
  });

  test('a stream that is stopped and started at once, as by React in development, has one connection', async () => {
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

  test('a token that the server refuses is replaced', async () => {
    const socket = await live();
    expect(socket.token).toBe(`Bearer ${token}`);
    socket.close(4403);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(refresh).toHaveBeenCalledTimes(1);
    FakeSocket.last.accept().caughtUp();
    expect(FakeSocket.last.token).toBe(`Bearer ${token}`);
    expect(FakeSocket.last.token).not.toBe(socket.token);
  });

  test('a token that another tab renewed is passed on', async () => {
    const socket = await live();
    token = jwt('ada', 'from another tab');
    changed();
    await soon();
    expect(socket.sent.at(-1)).toEqual({ type: 'ping', payload: { authorization: `Bearer ${token}` } });
    expect(refresh).not.toHaveBeenCalled();
  });

  test('a refresh that fails because of the network is tried again', async () => {
    refresh.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    refresh.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    token = jwt('ada', 'expired', -60);
    stream.start();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(refresh).toHaveBeenCalledTimes(3);
    expect(FakeSocket.last.accept().token).toBe(`Bearer ${token}`);
    expect(token).toBe(await refresh.mock.results[2]?.value);
  });

  test('signing out closes the connection, and signing in opens one', async () => {
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

  test("another user's token is not used for this cache", async () => {
    const socket = await live();
    token = jwt('grace', 'signed in by another tab');
    changed();
    await soon();
    expect(socket.readyState).toBe(3);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(opened()).toBe(1);
  });
});
