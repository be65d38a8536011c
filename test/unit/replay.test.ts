import { expect, test } from 'vitest';
import { ChatSubscription, fromClient, fromJoining, fromNow, type From } from '../../src/delivery/chat-subscription.ts';
import { answer, replay, type Answer, type Followed } from '../../src/delivery/replay.ts';
import type { LogPage } from '../../src/log/log-reader.ts';
import { bob, changes, chatId, event, page } from '../support/delivery.ts';

const startOfStream = new Date();
const removed = (occurredAt: Date) => ({ ...event(4, 'MEMBER_REMOVED', bob), occurredAt });
const before = removed(new Date(startOfStream.getTime() - 1));
const since = removed(new Date(startOfStream.getTime() + 1));
const joined = event(4, 'MEMBER_ADDED', bob);

const scenes: [what: string, from: From, page: LogPage | undefined, items: string[], then: string][] = [
  ['events that follow', fromClient(3), page({ events: changes(4, 5) }), ['ChatUpdated 4', 'ChatUpdated 5'], 'at 5'],
  ['nothing new', fromClient(5), page({}), [], 'at 5'],
  ['a gap in the log', fromClient(2), page({ events: changes(4, 5) }), ['ChatReset 5'], 'at 5'],
  ['a log that no longer reaches back', fromClient(2), page({}), ['ChatReset 5'], 'at 5'],
  ['a log that ends before the client', fromClient(9), page({}), ['ChatReset 5'], 'at 5'],
  [
    'a membership that began later',
    fromClient(2),
    page({ joinedPosition: 4, events: changes(3, 4, 5) }),
    ['ChatReset 5'],
    'at 5',
  ],
  [
    'the event of the joining',
    fromJoining(4),
    page({ joinedPosition: 4, events: [joined, ...changes(5)] }),
    ['ChatAdded 4', 'ChatUpdated 5'],
    'at 5',
  ],
  ['a later joining than the client knows', fromJoining(4), page({ joinedPosition: 5 }), ['ChatAdded 5'], 'at 5'],
  ['a chat that the client does not know', fromNow(false), page({}), ['ChatAdded 5'], 'at 5'],
  ['a chat that begins anew', fromNow(true), page({}), ['ChatReset 5'], 'at 5'],
  ['an ending', fromClient(3), page({ isOver: true, ending: before }), ['MemberRemoved 4'], 'ended by 4'],
  [
    'the end of an unknown chat, since the stream began',
    fromJoining(2),
    page({ isOver: true, ending: since }),
    ['MemberRemoved 4'],
    'ended by 4',
  ],
  [
    'the end of an unknown chat, before the stream began',
    fromJoining(2),
    page({ isOver: true, ending: before }),
    [],
    'ended by 4',
  ],
  ['an ending that the log no longer holds', fromClient(3), page({ isOver: true }), ['ChatGone 0'], 'gone'],
  ['nothing of a known chat', fromClient(3), undefined, ['ChatGone 0'], 'gone'],
  ['nothing of an unknown chat', fromJoining(3), undefined, [], 'gone'],
];

const shown = ({ items, then }: Pick<Answer<Followed>, 'items' | 'then'>) => ({
  items: items.map(({ type, position }) => `${type} ${position}`),
  then:
    then.is === 'replaying' ? `at ${then.position}` : then.is === 'ended' ? `ended by ${then.by.position}` : then.is,
});

test.each(scenes)('a page of the log gives a subscription: %s', (_, from, read, items, then) => {
  const subscription = new ChatSubscription(chatId, bob, null, from);
  expect(shown(answer(subscription, read, { membershipsReadAt: startOfStream }))).toEqual({ items, then });
});

/** The items that a replay of one chat delivers, whose feed is at position 5. */
async function replayed(subscription: ChatSubscription, pages: (LogPage | undefined)[], meanwhile = () => {}) {
  const told: string[] = [];
  const wanted: unknown[] = [];
  await replay([{ feed: { head: { position: 5 } }, subscription }], {
    membershipsReadAt: undefined,
    async read(want) {
      wanted.push(...want.map(({ after }) => after));
      const next = pages.shift();
      if (wanted.length === 1) meanwhile();
      return new Map(next ? [[chatId, next]] : []);
    },
    async deliver(answers) {
      for (const given of answers) {
        const { items, then } = shown(given);
        told.push(...items, then);
        if (given.then.is === 'replaying') given.chat.subscription.pageRead(given.then.position);
        else if (given.then.is === 'ended') given.chat.subscription.endingRead(given.then.by);
        else given.chat.subscription.leave();
      }
    },
  });
  return { told, wanted };
}

test('a replay continues after the last page until it reaches the feed', async () => {
  const subscription = new ChatSubscription(chatId, bob, null, fromClient(1));
  const { told, wanted } = await replayed(subscription, [
    page({ events: changes(2, 3) }),
    page({ events: changes(4, 5) }),
  ]);
  expect(wanted).toEqual([1, 3]);
  expect(told).toEqual(['ChatUpdated 2', 'ChatUpdated 3', 'at 3', 'ChatUpdated 4', 'ChatUpdated 5', 'at 5']);
});

test('a page that was read before an ending is discarded, and the log is read again', async () => {
  const subscription = new ChatSubscription(chatId, bob, null, fromClient(1));
  const deleted = event(5, 'CHAT_DELETED');
  const { told, wanted } = await replayed(
    subscription,
    [page({ newestPosition: 4, events: changes(2, 3, 4) }), page({ isOver: true, ending: deleted })],
    () => subscription.endingPassed(deleted),
  );
  expect(wanted).toEqual([1, 1]);
  expect(told).toEqual(['ChatDeleted 5', 'ended by 5']);
});

test('a subscription that has left while its page was read receives nothing', async () => {
  const subscription = new ChatSubscription(chatId, bob, null, fromClient(1));
  const { told } = await replayed(subscription, [page({ events: changes(2, 3, 4, 5) })], () => subscription.leave());
  expect(told).toEqual([]);
});
