import { expect, test } from 'vitest';
import { fromClient, fromKnown } from '../../src/delivery/chat-subscription.ts';
import type { LogEvent } from '../../src/log/event-types.ts';
import type { Head, LogPage, Memberships } from '../../src/log/log-reader.ts';
import { encodeJoined } from '../../src/log/wire-format.ts';
import { ada, bob, changes, chatId, createHub, event, follow, holdUp, page } from '../support/delivery.ts';
import { encodeHint } from '../../src/viewer-state/viewer-hint.ts';
import { until } from '../support/until.ts';

interface Scene {
  /** The chat's position when the stream begins. */
  head?: number;
  /** The result of each read of the log. */
  pages: LogPage[];
  /** Whether the stream covers all of Bob's chats, or only this one. */
  over?: 'all' | 'one';
  /** The step that waits until the test releases it: the start of the feed, the first read, or rendering. */
  holds: 'feed' | 'reading' | 'rendering';
}

/** Bob's stream, whose client knows the chat up to position 1. Its replay waits at the given step. */
async function heldUp({ head = 5, pages, over = 'one', holds }: Scene) {
  const held = holdUp();
  const hold = async (what: Scene['holds']) => {
    if (what === holds) await held.pass();
  };
  const reads: unknown[] = [];
  const log = createHub({
    async heads() {
      await hold('feed');
      return new Map<string, Head>([[chatId, { position: head, event: null }]]);
    },
    async read(_, wanted) {
      reads.push(...wanted.map(({ after }) => after));
      const answer = pages.shift()!;
      await hold('reading');
      return new Map([[chatId, answer]]);
    },
    memberships: async () => [{ userId: bob, version: 1, readAt: new Date(), chats: [] }],
  });
  const watch = over === 'all' ? await log.hub.watch(bob) : undefined;
  const seen = follow(log.hub, {
    starts: [{ chatId, from: fromClient(1) }],
    ...(watch && { watch }),
    accepts: ({ type }) => over === 'all' || type !== 'CaughtUp',
    beforeRendering: () => hold('rendering'),
  });
  await until(() => held.isReached);
  const feed = log.hub.feed(chatId);
  return {
    ...log,
    reads,
    seen,
    letGo: held.letGo,
    over: () => until(() => seen.isOver),
    /** Resolves when the feed has delivered all of them. */
    async deliver(...events: LogEvent[]) {
      log.publish(...events);
      await until(() => feed.head?.position === events.at(-1)!.position);
    },
    items: (count: number) =>
      until(
        () => seen.items.length >= count,
        () => `${count} of ${String(seen.items)}`,
      ),
  };
}

const removed = event(3, 'MEMBER_REMOVED', bob);
const deleted = event(6, 'CHAT_DELETED');

test('a former member who resumes while the chat is deleted gets the leaving, and not the deletion', async () => {
  const left = page({ isOver: true, ending: removed });
  const { seen, letGo, over, deliver } = await heldUp({ pages: [left, left], holds: 'reading' });
  await deliver(deleted);
  expect(seen.items).toEqual([]);
  letGo();
  await over();
  expect(seen.items).toEqual(['MemberRemoved 3']);
});

test('a chat is deleted while its log is read: only the deletion is delivered', async () => {
  const pages = [page({ events: changes(2, 3, 4, 5) }), page({ newestPosition: 6, isOver: true, ending: deleted })];
  const { seen, letGo, over, deliver } = await heldUp({ pages, holds: 'reading' });
  await deliver(deleted);
  expect(seen.items).toEqual([]);
  letGo();
  await over();
  expect(seen.items).toEqual(['ChatDeleted 6']);
});

test('a chat is deleted while its items are rendered: the deletion is delivered last', async () => {
  const { seen, letGo, over, deliver } = await heldUp({
    pages: [page({ events: changes(2, 3, 4, 5) })],
    holds: 'rendering',
  });
  await deliver(deleted);
  await over();
  letGo();
  await until(() => seen.drained === 4);
  expect(seen.items).toEqual(['ChatDeleted 6']);
});

test('a user who has joined again gets the joining, and a late event of the earlier leaving does not end it', async () => {
  const pages = [page({ newestPosition: 8, joinedPosition: 8 })];
  const { seen, letGo, items, deliver } = await heldUp({ head: 2, pages, holds: 'rendering' });
  await deliver(removed, ...changes(4, 5, 6, 7), event(8, 'MEMBER_ADDED', bob));
  letGo();
  await items(1);
  await deliver(...changes(9));
  expect(seen.items).toEqual(['ChatReset 8', 'ChatUpdated 9']);
});

test('a user who is removed and added during a replay gets both, and nothing in between', async () => {
  const rejoined = event(8, 'MEMBER_ADDED', bob);
  const { hub, seen, letGo, items, deliver } = await heldUp({
    pages: [page({ events: changes(2, 3, 4, 5) }), page({ newestPosition: 8, joinedPosition: 8, events: [rejoined] })],
    over: 'all',
    holds: 'rendering',
  });
  // Another subscriber stays in the chat, so that its feed does too.
  const other = follow(hub, { userId: ada, starts: [{ chatId, from: fromKnown(5) }] });
  await until(() => other.items.length === 1);
  await deliver(event(6, 'MEMBER_REMOVED', bob), ...changes(7), rejoined);
  letGo();
  await items(3);
  await deliver(...changes(9));
  expect(seen.items).toEqual(['MemberRemoved 6', 'CaughtUp 0', 'ChatAdded 8', 'ChatUpdated 9']);
});

test('a late join notice of an ended membership has no effect', async () => {
  const { pubsub, reads, seen, letGo, items, deliver } = await heldUp({
    pages: [page({ newestPosition: 1 }), page({ newestPosition: 9, joinedPosition: 9 })],
    head: 1,
    over: 'all',
    holds: 'reading',
  });
  letGo();
  await items(1);
  await deliver(...changes(2), event(3, 'MEMBER_REMOVED', bob));
  await items(3);
  for (const position of [1, 9]) pubsub.publish(`user:${bob}`, encodeJoined({ chatId, position }));
  await items(4);
  expect(seen.items).toEqual(['CaughtUp 0', 'ChatUpdated 2', 'MemberRemoved 3', 'ChatAdded 9']);
  expect(reads).toEqual([1, 8]);
});

test('a chat that is joined before or after the memberships are read is delivered once the stream has caught up', async () => {
  const held = holdUp();
  const { hub, pubsub } = createHub({
    async memberships(): Promise<(Memberships & { userId: string })[]> {
      await held.pass();
      return [{ userId: bob, version: 1, readAt: new Date(), chats: [] }];
    },
    read: async (_, wanted) => {
      const named = wanted.map((want) =>
        page({ chatId: want.chatId, newestPosition: 1, events: [event(1, 'MEMBER_ADDED', bob)] }),
      );
      return new Map(named.map((each) => [each.chatId, each]));
    },
    heads: async (wanted) => new Map(wanted.map((want) => [want.chatId, { position: 1, event: null }])),
  });
  const join = (id: string) => pubsub.publish(`user:${bob}`, encodeJoined({ chatId: id, position: 1 }));
  const watching = hub.watch(bob);
  await until(() => held.isReached);
  join('joined while reading');
  held.letGo();
  const watch = await watching;
  const rendering = holdUp();
  const seen = follow(hub, {
    starts: [{ chatId, from: fromClient(0) }],
    watch,
    beforeRendering: () => rendering.pass(),
  });
  await until(() => rendering.isReached);
  join('joined while replaying');
  await new Promise<void>((heard) => void pubsub.subscribe(`user:${bob}`, () => heard()).then(() => join(chatId)));
  expect(seen.items).toEqual([]);
  rendering.letGo();
  await until(() => seen.items.length === 4);
  expect(seen.items).toEqual(['ChatReset 1', 'CaughtUp 0', 'ChatAdded 1', 'ChatAdded 1']);
});

test('a log that is restored during a replay: nothing of the old one is delivered any more', async () => {
  const { seen, letGo, items, deliver, publish } = await heldUp({
    pages: [page({ events: changes(2, 3, 4, 5) }), page({})],
    head: 4,
    holds: 'rendering',
  });
  await deliver(...changes(5));
  publish({ ...event(5), actorId: 'another' });
  await until(() => seen.drained === 0);
  letGo();
  await items(1);
  await until(() => seen.drained === 5);
  expect(seen.items).toEqual(['ChatReset 5']);
});

test('a stream that is closed during a replay writes nothing more, and leaves nothing behind', async () => {
  const { hub, lines, seen, letGo } = await heldUp({
    pages: [page({ events: changes(2, 3, 4, 5) })],
    over: 'all',
    holds: 'rendering',
  });
  seen.close();
  letGo();
  await until(() => seen.drained === 4);
  expect(seen.items).toEqual([]);
  expect(hub.size()).toEqual({ feeds: 0, users: 0, viewerFeeds: 0 });
  expect(lines).toEqual([]);
});

test('events that are published before a feed has started are delivered after the replay, once and in order', async () => {
  const { seen, letGo, items, publish, deliver } = await heldUp({
    pages: [page({ events: changes(2, 3, 4, 5) }), page({ newestPosition: 7, events: changes(6, 7) })],
    holds: 'feed',
  });
  publish(...changes(7, 5, 6));
  expect(seen.items).toEqual([]);
  letGo();
  await items(4);
  await deliver(...changes(8));
  await items(7);
  expect(seen.items).toEqual([2, 3, 4, 5, 6, 7, 8].map((position) => `ChatUpdated ${position}`));
});

test('a live stream does not get events up to its position again', async () => {
  const { hub, publish } = createHub({ heads: async () => new Map([[chatId, { position: 3, event: null }]]) });
  const seen = follow(hub, { starts: [{ chatId, from: fromKnown(4) }] });
  await until(() => seen.items.length === 1);
  publish(...changes(4, 5));
  await until(() => seen.items.length === 2);
  expect(seen.items).toEqual(['CaughtUp 0', 'ChatUpdated 5']);
});

test('a change of viewer state during the catch-up comes before CaughtUp, which has its version', async () => {
  const known = { newest: 1, floor: 0, readAt: new Date(), changes: [] };
  const pages = [known, { ...known, newest: 2, changes: [{ kind: 'chat' as const, id: chatId, version: 2 }] }];
  const { hub, pubsub } = createHub(
    {},
    { viewerChanges: { after: async (wanted) => wanted.map(() => pages.shift()!), versions: async () => new Map() } },
  );
  let isChanged = false;
  const seen = follow(hub, {
    starts: [],
    viewerStateSince: 1,
    accepts({ type }) {
      if (type === 'CaughtUp' && !isChanged) pubsub.publish(`viewer:${bob}`, encodeHint({ version: 2 }));
      isChanged ||= type === 'CaughtUp';
      return true;
    },
  });
  await until(() => seen.items.length === 2);
  expect(seen.items).toEqual(['ViewerChatStateChanged 2', 'CaughtUp 2']);
});
