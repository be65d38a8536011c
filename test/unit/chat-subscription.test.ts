import { expect, test } from 'vitest';
import { ChatSubscription, fromClient, fromJoining, fromKnown, fromNow } from '../../src/delivery/chat-subscription.ts';
import { toStreamItem } from '../../src/log/event-types.ts';
import { bob, chatId, event } from '../support/delivery.ts';

const CURSOR = 5;
const earlierEnding = event(3, 'MEMBER_REMOVED', bob);
const firstEnding = event(8, 'MEMBER_REMOVED', bob);
const laterEnding = event(9, 'MEMBER_REMOVED', bob);

const create = {
  reading: () => new ChatSubscription(chatId, bob, null, fromJoining(CURSOR + 1)),
  'reading, stale': () => after(create.reading(), (it) => it.endingPassed(laterEnding)),
  replaying: () => after(create.reading(), (it) => it.pageRead(CURSOR)),
  live: () => after(create.replaying(), (it) => it.goLive()),
  ended: () => after(create.replaying(), (it) => it.endingPassed(firstEnding)),
  left: () => after(create.reading(), (it) => it.leave()),
};
const events = {
  readingBegins: (it: ChatSubscription) => it.readingBegins(),
  pageRead: (it: ChatSubscription) => it.pageRead(7),
  pageWritten: (it: ChatSubscription) => it.pageWritten(),
  endingRead: (it: ChatSubscription) => it.endingRead(laterEnding),
  'endingPassed, after the cursor': (it: ChatSubscription) => it.endingPassed(laterEnding),
  'endingPassed, up to the cursor': (it: ChatSubscription) => it.endingPassed(earlierEnding),
  goLive: (it: ChatSubscription) => it.goLive(),
  leave: (it: ChatSubscription) => it.leave(),
};

function after(subscription: ChatSubscription, event: (it: ChatSubscription) => void): ChatSubscription {
  event(subscription);
  return subscription;
}

/** The phase as a text, and whether the chat has become known. */
function stateOf({ phase, known, isStale }: ChatSubscription): string {
  const details = {
    reading: isStale ? ', stale' : '',
    replaying: phase.is === 'replaying' ? ` after ${phase.cursor}` : '',
    live: phase.is === 'live' ? ` after ${phase.cursor}` : '',
    ended: phase.is === 'ended' ? ` by ${phase.by.position}` : '',
    left: '',
  };
  return `${phase.is}${details[phase.is]}${known ? ', known' : ''}`;
}

const [replaying, live, ended, left] = ['replaying after 5', 'live after 5', 'ended by 8', 'left'];
const stale = 'reading, stale';
// The table at the head of src/delivery/chat-subscription.ts, cell by cell.
const table: Record<keyof typeof events, Record<keyof typeof create, string>> = {
  readingBegins: { reading: 'reading', [stale]: 'reading', replaying, live, ended, left },
  pageRead: {
    reading: 'replaying after 7',
    [stale]: 'replaying after 7',
    replaying: 'replaying after 7',
    live,
    ended,
    left,
  },
  pageWritten: {
    reading: 'reading',
    [stale]: stale,
    replaying: `${replaying}, known`,
    live: `${live}, known`,
    ended,
    left,
  },
  endingRead: {
    reading: 'ended by 9',
    [stale]: 'ended by 9',
    replaying: 'ended by 9',
    live,
    ended,
    left,
  },
  'endingPassed, after the cursor': {
    reading: stale,
    [stale]: stale,
    replaying: 'ended by 9',
    live: 'ended by 9',
    ended,
    left,
  },
  'endingPassed, up to the cursor': { reading: stale, [stale]: stale, replaying, live, ended, left },
  goLive: { reading: 'reading', [stale]: stale, replaying: live, live, ended, left },
  leave: { reading: left, [stale]: left, replaying: left, live: left, ended: left, left },
};
const cells = Object.entries(table).flatMap(([name, row]) =>
  Object.entries(row).map(([phase, becomes]) => ({ name, phase, becomes })),
);

test.each(cells)('$name while $phase: $becomes', ({ name, phase, becomes }) => {
  const subscription = create[phase as keyof typeof create]();
  events[name as keyof typeof events](subscription);
  expect(stateOf(subscription)).toBe(becomes);
});

test.each([
  ['fromKnown', fromKnown(4), 'replaying after 4, known', 4],
  ['fromClient', fromClient(4), 'reading, known', 4],
  ['fromJoining', fromJoining(4), 'reading', 3],
  ['fromNow', fromNow(false), 'reading', 'now'],
])('begins by %s', (_, from, begins, readsAfter) => {
  const subscription = new ChatSubscription(chatId, bob, null, from);
  expect([stateOf(subscription), subscription.readsAfter]).toEqual([begins, readsAfter]);
});

const item = (position: number) => toStreamItem(event(position), false);

test.each([
  ['reading', [], [5, 6, 8]],
  ['replaying', [], [5, 6, 8]],
  ['live', [6, 8], [5, 6, 8]],
  ['ended', [8], [8]],
  ['left', [], []],
] as const)('while %s it accepts live items %j and replayed ones %j', (phase, acceptsLive, acceptsReplayed) => {
  const subscription = create[phase]();
  const accepted = (accepts: (position: number) => boolean) => [5, 6, 8].filter(accepts);
  expect(accepted((position) => subscription.acceptsLive(item(position)))).toEqual(acceptsLive);
  expect(accepted((position) => subscription.acceptsReplayed(item(position)))).toEqual(acceptsReplayed);
});

test.each([
  ['reading', true, true],
  ['replaying', false, true],
  ['live', false, false],
  ['ended', false, false],
  ['left', false, false],
] as const)('while %s it is behind a feed at its cursor: %s, and behind one further on: %s', (phase, at, beyond) => {
  const subscription = create[phase]();
  expect([subscription.isBehind(CURSOR), subscription.isBehind(CURSOR + 1)]).toEqual([at, beyond]);
});
