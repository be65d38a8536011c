import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeliveryListener } from '../../src/delivery/delivery-listener.ts';
import { OwnPresence } from '../../src/delivery/own-presence.ts';
import type { Held } from '../../src/delivery/presence-rows.ts';
import { PresenceState, type StoredPresence } from '../../src/delivery/presence-state.ts';
import { PresenceTopics } from '../../src/delivery/presence-topics.ts';
import { PresenceSight, PresenceTopic } from '../../src/delivery/presence-topic.ts';
import { UserWatches } from '../../src/delivery/user-watches.ts';
import type { StreamItem } from '../../src/log/event-types.ts';
import { createMemoryPubSub } from '../../src/pubsub/memory.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const stored = (...servers: NonNullable<StoredPresence['servers']>): StoredPresence => ({
  isShared: true,
  lastSeenAt: null,
  servers,
});
const row = (serverId: string, isActive: boolean, ageMs = 0, at = 1_000) => ({ serverId, isActive, at, ageMs });
const notice = (serverId: string, isActive: boolean | null, at: number) => ({ serverId, isActive, at });

describe('the reports of servers about a user', () => {
  function read(...servers: NonNullable<StoredPresence['servers']>): PresenceState {
    const state = new PresenceState();
    state.read(stored(...servers), performance.now());
    return state;
  }

  test('make the user online if a device is used, idle if there is any, and offline if there is none', () => {
    expect(read(row('a', false), row('b', true)).shown).toEqual({ status: 'ONLINE', lastSeenAt: null });
    const state = read(row('a', false), row('b', false));
    expect(state.shown.status).toBe('IDLE');
    state.heard(notice('a', null, 2_000));
    expect(state.shown.status).toBe('IDLE');
    state.heard(notice('b', null, 90_500));
    // The time is in whole minutes.
    expect(state.shown).toEqual({ status: 'OFFLINE', lastSeenAt: new Date(60_000) });
    state.shared(false);
    expect(state.shown.status).toBe('UNKNOWN');
  });

  test('are not undone by an older report that arrives late, or by a read that began earlier', () => {
    const state = read(row('a', true));
    const began = performance.now();
    vi.advanceTimersByTime(10);
    state.heard(notice('a', null, 5_000));
    state.heard(notice('a', true, 4_000));
    state.read(stored(row('a', true)), began);
    expect(state.shown.status).toBe('OFFLINE');
    vi.advanceTimersByTime(10);
    state.read(stored(row('a', true, 0, 6_000)), performance.now());
    expect(state.shown.status).toBe('ONLINE');
    state.read(stored(), performance.now() + 1);
    expect(state.shown.status).toBe('OFFLINE');
  });

  test('are valid for 75 seconds after they were written, and no longer', () => {
    const state = read(row('a', true, 60_000));
    vi.advanceTimersByTime(14_999);
    state.expire();
    expect(state.shown.status).toBe('ONLINE');
    expect(state.nextEnd! - performance.now()).toBeCloseTo(1);
    vi.advanceTimersByTime(1);
    state.expire();
    expect(state.shown.status).toBe('OFFLINE');
    expect(state.nextEnd).toBeUndefined();
  });
});

describe('the viewers', () => {
  /** A user who is online, and this number of operations that have the user on screen. */
  function watched(count: number) {
    const sent: { status: string | undefined; to: number }[] = [];
    const written: StreamItem[] = [];
    let write = () => {};
    const broadcast = {
      accepts: () => true,
      send: async (item: StreamItem, sights: Iterable<PresenceSight>) => {
        const to = [...sights];
        sent.push({ status: item.presence?.status, to: to.length });
        write = () => to.filter((sight) => sight.acceptsLive(item)).forEach(() => written.push(item));
      },
    };
    const topic = new PresenceTopic('bob');
    topic.state.read(stored(row('a', true)), performance.now());
    const sights = Array.from({ length: count }, () => {
      const sight = new PresenceSight('ada', topic, { broadcast } as unknown as DeliveryListener);
      sight.maySee = true;
      sight.told = sight.shown;
      topic.sights.add(sight);
      return sight;
    });
    return { topic, sights, sent, written, write: () => write() };
  }

  test('receive changes at once and then at most once a second, with one rendering for all, and no unchanged state', () => {
    const { topic, sent } = watched(3);
    const say = (isActive: boolean, at: number) => {
      topic.state.heard(notice('a', isActive, at));
      topic.changed();
    };
    say(false, 2_000);
    expect(sent).toEqual([{ status: 'IDLE', to: 3 }]);
    for (let i = 0; i < 101; i++) say(i % 2 === 0, 3_000 + i);
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    expect(sent.slice(1)).toEqual([{ status: 'ONLINE', to: 3 }]);
    for (let i = 0; i < 100; i++) say(i % 2 === 0, 4_000 + i);
    say(true, 5_000);
    vi.advanceTimersByTime(10_000);
    expect(sent).toHaveLength(2);
    topic.close();
  });

  test('receive nothing that is rendered after they may no longer see the user', () => {
    const { topic, sights, sent, written, write } = watched(2);
    topic.state.heard(notice('a', false, 2_000));
    topic.changed();
    sights[0]!.isReading = true;
    write();
    expect(written).toHaveLength(1);
    sights[0]!.isReading = false;
    sights[0]!.maySee = false;
    vi.advanceTimersByTime(1_000);
    expect(sent.at(-1)).toEqual({ status: 'UNKNOWN', to: 1 });
    topic.state.heard(notice('a', true, 3_000));
    topic.changed();
    vi.advanceTimersByTime(1_000);
    expect(sent.at(-1)).toEqual({ status: 'ONLINE', to: 1 });
    topic.close();
  });
});

describe('the users of a server', () => {
  function server(hold = async (_: readonly Held[]): Promise<void> => {}) {
    const held: Held[][] = [];
    const published: (boolean | null)[] = [];
    const failed: unknown[] = [];
    const own = new OwnPresence({
      hold: async (users) => {
        held.push([...users]);
        await hold(users);
        return new Map(users.map(({ userId }) => [userId, new Date()]));
      },
      publish: (_, { isActive }) => void published.push(isActive),
      channels: new UserWatches(createMemoryPubSub(), 'presence'),
      receive: () => {},
      onFailed: (error) => void failed.push(error),
    });
    return { own, held, published, failed };
  }
  const settle = () => vi.advanceTimersByTimeAsync(0);

  test('are written at their first and last device, and when their use begins or ends', async () => {
    const { own, published } = server();
    const first = own.open('ada', true);
    await first.ready;
    const second = own.open('ada', false);
    await second.ready;
    expect(published).toEqual([true]);
    first.close();
    await settle();
    expect(published).toEqual([true, false]);
    second.close();
    await vi.advanceTimersByTimeAsync(14_999);
    expect([published, own.held()]).toEqual([[true, false], [{ userId: 'ada', isActive: false }]]);
    await vi.advanceTimersByTimeAsync(1);
    expect([published, own.held()]).toEqual([[true, false, null], []]);
  });

  test('stay online while they reload the page', async () => {
    const { own, published } = server();
    const before = own.open('ada', true);
    await before.ready;
    before.close();
    await vi.advanceTimersByTimeAsync(14_000);
    await own.open('ada', true).ready;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(published).toEqual([true]);
    own.stop();
  });

  test('that arrive together share a statement, and each is written in the order of its changes', async () => {
    let go = () => {};
    const { own, held, published } = server(() => new Promise<void>((resolve) => (go = resolve)));
    const devices = ['ada', 'bob', 'eve'].map((userId) => own.open(userId, true));
    await settle();
    expect(held).toEqual([['ada', 'bob', 'eve'].map((userId) => ({ userId, isActive: true }))]);
    own.open('ada', false);
    devices[0]!.close();
    own.open('ada', true).close();
    await settle();
    expect(held).toHaveLength(1);
    go();
    await settle();
    expect(held[1]).toEqual([{ userId: 'ada', isActive: false }]);
    go();
    await settle();
    expect(published).toEqual([true, true, true, false]);
    own.stop();
  });

  test('are written by the next comparison if the database does not answer', async () => {
    const { own, failed, published } = server(() => Promise.reject(new Error('away')));
    await own.open('ada', true).ready;
    expect([failed.length, published, own.held()]).toEqual([1, [], [{ userId: 'ada', isActive: true }]]);
    own.stop();
  });
});

test('a comparison checks at most 10,000 pairs of viewer and user, and the next one goes on with the others', async () => {
  vi.useRealTimers();
  const row = (userId: string) => ({ viewerId: 'ada', userId, chatId: 'chat', maySee: true, ...stored() });
  const topics = new PresenceTopics({
    statement: async <Row>({ values }: { values: unknown[] }) =>
      (values.find((value) => Array.isArray(value) && value[0] !== 'ada') as string[]).map(row) as Row[],
    channels: new UserWatches(createMemoryPubSub(), 'presence'),
    receive: () => {},
    retryWhileAway: (read) => read(),
    onFailed: () => {},
  });
  const users = Array.from({ length: 10_001 }, (_, i) => `user ${i}`);
  await topics.watch('ada', users, { broadcast: {} } as unknown as DeliveryListener).ready;
  const checked = Array.from({ length: 3 }, () => topics.comparison().known.map(({ userId }) => userId));
  expect(checked.map(({ length }) => length)).toEqual([10_000, 1, 10_000]);
  expect(new Set([...checked[0]!, ...checked[1]!]).size).toBe(10_001);
  expect(topics.comparison().userIds).toHaveLength(10_001);
  topics.stop();
});
